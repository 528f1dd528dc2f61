// Debian's Chromium for the journeys: one process, a fresh profile for each journey, and a watch on
// everything that must not happen: a console error, an exception, a breach of the content security
// policy, an answer that api/openapi.yaml does not describe.
import { createRequire } from "node:module";
import { checkAnswer, operationOf } from "../../web/test/standin/contract.mjs";

// The one lock file of the page holds the browser driver and axe too.
const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
export const axeSource = require("axe-core").source;

export const desktop = { width: 1280, height: 900 };
export const phone = { width: 320, height: 700 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export class Visit {
  constructor(browser, options) {
    this.browser = browser;
    this.options = options;
    this.faults = [];
    this.allowed = [];
    this.contexts = [];
  }

  // Something that this journey brings about on purpose.
  allow(pattern) {
    this.allowed.push(pattern);
  }

  async context({ size = desktop, theme = "light", cookies = [] } = {}) {
    const { baseUrl } = this.options;
    const context = await this.browser.newContext({
      viewport: size,
      hasTouch: size === phone,
      colorScheme: theme,
      reducedMotion: "reduce",
      timezoneId: "Europe/Berlin",
      baseURL: baseUrl,
    });
    this.contexts.push(context);
    await context.addCookies([...cookies, { name: "tocsin_theme", value: theme, url: baseUrl }]);
    await context.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => {
        console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
      });
    });
    context.on("page", (page) => this.watch(page));
    return context;
  }

  watch(page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.fault(`console: ${message.text()} ${message.location().url}`);
    });
    page.on("pageerror", (error) => this.fault(`exception: ${error.message}`));
    page.on("response", (response) => void this.hold(response));
  }

  fault(text) {
    if (!this.allowed.some((pattern) => pattern.test(text))) this.faults.push(text);
  }

  async hold(response) {
    const path = decodeURI(new URL(response.url()).pathname);
    const method = response.request().method();
    if (!path.startsWith("/api/v1/") || path === "/api/v1/stream") return;
    if (!operationOf(method, path)) return this.fault(`contract: ${method} ${path} is not described`);
    try {
      const body = await response.json();
      for (const fault of checkAnswer(method, path, response.status(), body)) this.fault(`contract: ${fault}`);
    } catch {
      // No body (204), or the page went away before it was read.
    }
  }

  // A signed-in context. Signing in is slow on purpose (password hashing): once for all journeys.
  async signedIn(how = {}) {
    this.options.cookies ??= await this.session();
    return this.context({ ...how, cookies: this.options.cookies });
  }

  async session() {
    const { baseUrl, user, password } = this.options;
    const answer = await fetch(`${baseUrl}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tocsin": "1", origin: baseUrl },
      body: JSON.stringify({ user, password }),
    });
    if (!answer.ok) throw new Error(`signing in as ${user}: ${answer.status} ${await answer.text()}`);
    return answer.headers.getSetCookie().map((line) => {
      const [pair] = line.split(";");
      const at = pair.indexOf("=");
      return { name: pair.slice(0, at), value: pair.slice(at + 1), url: baseUrl };
    });
  }

  async open(context, path) {
    const page = await context.newPage();
    await page.goto(path);
    await settled(page);
    return page;
  }

  async close() {
    for (const context of this.contexts) await context.close();
  }
}

// Nothing is being loaded, and no chunk is being drawn.
export async function settled(page) {
  await page.waitForSelector('html[data-settled="true"] main h1');
  await page.waitForFunction(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))),
  );
}

export async function live(page) {
  await page.waitForSelector('#live-chip[data-live="true"]');
}

// What the screen must not have: width that has to be scrolled.
export async function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

const axeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function axe(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } }),
    axeTags,
  );
  return violations.map(
    (violation) => `axe ${violation.id} (${violation.impact}): ${violation.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`,
  );
}

export function expect(condition, what) {
  if (!condition) throw new Error(what);
}
