// Web Push, as far as a browser without a push service goes: Chromium refuses to subscribe without
// one, so that call is played, and so is the arrival of a message in the worker.
import { axe, expect, settled } from "../browser.mjs";
import { picture } from "../pictures.mjs";

const workerPath = "/sw.js";

// Kept as a browser keeps it: a page that is loaded anew is still subscribed.
function playPushService() {
  const endpoint = "https://push.example.net/send/3kq8v0x7m2w9p4t6";
  const place = "played push subscription";
  const kept = () => {
    const keys = JSON.parse(localStorage.getItem(place));
    if (!keys) return null;
    return {
      endpoint,
      toJSON: () => ({ endpoint, expirationTime: null, keys }),
      unsubscribe: async () => {
        localStorage.removeItem(place);
        return true;
      },
    };
  };
  PushManager.prototype.getSubscription = async () => kept();
  PushManager.prototype.subscribe = async (options) => {
    if (typeof options.applicationServerKey !== "string") throw new Error("a key is wanted");
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
    const plain = (text) => text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const p256dh = plain(base64(await crypto.subtle.exportKey("raw", pair.publicKey)));
    const auth = plain(base64(crypto.getRandomValues(new Uint8Array(16))));
    localStorage.setItem(place, JSON.stringify({ p256dh, auth }));
    return kept();
  };
}

// Whoever came first to a real server is nobody of the catalog: ada gets a user of her own.
async function asAda(visit) {
  const context = await visit.signedIn();
  const me = await (await context.request.get("/api/v1/session")).json();
  if (me.person) return context;
  const data = { name: "ada", role: "responder", person: "ada" };
  const headers = { "x-tocsin": "1", origin: visit.options.baseUrl };
  const made = await (await context.request.post("/api/v1/users", { headers, data })).json();
  const body = { user: "ada", password: made.password };
  const other = await visit.context();
  const answer = await other.request.post("/api/v1/session", { headers, data: body });
  expect(answer.ok(), `signing in as ada: ${answer.status()}`);
  return other;
}

async function subscribed(visit) {
  const context = await asAda(visit);
  await context.grantPermissions(["notifications"]);
  await context.addInitScript(playPushService);
  const page = await visit.open(context, "/account");
  await page.getByRole("button", { name: "Ring me in this browser" }).click();
  await page.locator("[data-on]").waitFor();
  const worker =
    context.serviceWorkers().find((one) => one.url().endsWith(workerPath)) ??
    (await context.waitForEvent("serviceworker"));
  return { context, page, worker };
}

// What a push service would hand to the worker; over when the worker has done its work. (The browser's
// own debugging door lost one on a busy machine, and said nothing of it.)
const deliver = ({ worker }, message) =>
  worker.evaluate(
    async (data) => {
      const event = new PushEvent("push", { data });
      let work;
      Object.defineProperty(event, "waitUntil", { value: (given) => (work = given) });
      dispatchEvent(event);
      await work;
    },
    typeof message === "string" ? message : JSON.stringify(message),
  );

const notices = (worker) =>
  worker.evaluate(async () =>
    (await registration.getNotifications()).map(({ title, body, tag, requireInteraction, actions }) => ({
      title,
      body,
      tag,
      requireInteraction,
      actions: actions.map(({ action }) => action),
    })),
  );

// The one of the worker's notifications that has such a title.
async function shown(worker, fits) {
  const all = await notices(worker);
  const found = all.find(({ title }) => fits(title));
  expect(found, `no such notification; there are ${JSON.stringify(all)}`);
  return found;
}

// A person's click, which Chromium lets nobody else make. Returns the paths that were opened.
const click = (worker, action) =>
  worker.evaluate(async (pressed) => {
    const [notification] = await registration.getNotifications();
    const opened = [];
    clients.openWindow = async (path) => opened.push(path);
    const event = new NotificationEvent("notificationclick", { notification, action: pressed });
    let work;
    Object.defineProperty(event, "waitUntil", { value: (given) => (work = given) });
    dispatchEvent(event);
    await work;
    return opened;
  }, action);

const page1 = {
  version: 1,
  title: "SEV-1 checkout: customers cannot pay",
  body: "412 payments have failed, 96% of all\nSince: Thu 2026-11-26 10:41 UTC",
  url: "https://tocsin.example.org/p/AQBp-3kq8v0x7m2w9",
  path: "/incidents/inc_1",
  tag: "incident inc_1",
  is_page: true,
  incident_id: "inc_1",
};

export const push = [
  {
    // Also against the real server: its headers let the worker in, and its keys are taken.
    name: "push: a browser is switched on and off",
    async run(visit) {
      const { page, worker } = await subscribed(visit);
      const own = page.locator("[data-browser]").filter({ hasText: "(this one)" });
      await own.waitFor();
      const policy = await worker.evaluate(async () => {
        const answer = await fetch("/sw.js", { cache: "no-store" });
        return answer.headers.get("cache-control");
      });
      expect(policy === "no-cache", `the worker is kept: ${policy}`);
      const manifest = await page.request.get("/manifest.webmanifest");
      for (const { src } of (await manifest.json()).icons) {
        expect((await page.request.get(src)).ok(), `there is no ${src}`);
      }
      await own.getByRole("button", { name: /^Remove/ }).click();
      await page.getByRole("button", { name: "Ring me in this browser" }).waitFor();
      expect((await own.count()) === 0, "it is still listed");
    },
  },
  {
    name: "push: a browser is switched on by a click, tested, listed and removed",
    needs: ["standin"],
    async run(visit, { screenshots }) {
      const { page } = await subscribed(visit);
      const own = page.getByRole("list", { name: "My browsers" }).getByRole("listitem");
      await own.filter({ hasText: "Chrome on Linux (this one)" }).filter({ hasText: "No message yet" }).waitFor();
      await page.getByRole("button", { name: "Send a test" }).click();
      await page.getByRole("status").filter({ hasText: "the push service took it" }).waitFor();
      await own.filter({ hasText: "Last message" }).waitFor();
      for (const fault of await axe(page)) visit.fault(fault);
      // The worker answers no request: nothing is older than the server.
      await page.reload();
      await settled(page);
      expect((await page.evaluate(() => caches.keys())).length === 0, "something is kept");
      await own.filter({ hasText: "Chrome on Linux (this one)" }).waitFor();
      const offer = page.getByRole("button", { name: "Ring me in this browser" });
      expect((await offer.count()) === 0, "a browser that rings is offered to be switched on");
      await picture(visit, screenshots, "account-browsers", "/account");
      // The list is long in coming: the line goes before the browser is offered again.
      const list = "**/api/v1/push/subscriptions";
      let letIt;
      const isTime = new Promise((resolve) => (letIt = resolve));
      await page.route(list, async (route) => {
        if (route.request().method() === "GET") await isTime;
        await route.continue();
      });
      await page.getByRole("button", { name: /^Remove Chrome/ }).click();
      await offer.waitFor();
      expect((await own.count()) === 0, "it is still listed");
      letIt();
      await page.unrouteAll({ behavior: "wait" });
    },
  },
  {
    name: "push: a page is shown, repeated in its place, and acknowledged without a window",
    needs: ["standin"],
    async run(visit, { begin, patience }) {
      const there = await subscribed(visit);
      const { page, worker } = there;
      await begin();
      await page.goto("/");
      await page.locator("article").getByText(/being rung/).waitFor({ timeout: patience });
      await deliver(there, page1);
      await deliver(there, { ...page1, title: `[repeated] ${page1.title}` });
      const repeated = await shown(worker, (title) => title.startsWith("[repeated]"));
      expect((await notices(worker)).length === 1, "a repetition stands beside the page");
      expect(repeated.requireInteraction, "it goes away by itself");
      expect(repeated.body.startsWith("412 payments"), `the impact is missing: ${repeated.body}`);
      expect(String(repeated.actions) === "acknowledge,open", `actions: ${repeated.actions}`);
      expect((await click(worker, "acknowledge")).length === 0, "a window was opened");
      const told = await shown(worker, (title) => title === "You have it");
      expect(told.body.includes("Nobody else is rung"), told.body);
      const { incidents } = await (await page.request.get("/api/v1/incidents")).json();
      expect(incidents[0].who_has_it === "link:ada", `${incidents[0].who_has_it} has it`);
    },
  },
  {
    name: "push: what is opened, what failed, and what cannot be read",
    needs: ["standin"],
    async run(visit) {
      const there = await subscribed(visit);
      const { worker } = there;
      await deliver(there, page1);
      const link = await click(worker, "");
      expect(String(link) === "/p/AQBp-3kq8v0x7m2w9", `opened ${link}`);
      await deliver(there, { ...page1, tag: "incident inc_2" });
      const screen = await click(worker, "open");
      expect(String(screen) === "/incidents/inc_1", `opened ${screen}`);
      await deliver(there, { ...page1, url: "https://tocsin.example.org/p/ended", tag: "incident inc_3" });
      await click(worker, "acknowledge");
      const refused = await shown(worker, (title) => title.startsWith("Not acknowledged"));
      expect(refused.body.includes("has ended") && refused.requireInteraction, JSON.stringify(refused));
      await deliver(there, "\u0000 not json");
      await shown(worker, (title) => title === "Tocsin has news");
    },
  },
  {
    name: "push: a browser that may not notify says how to allow it",
    needs: ["standin"],
    async run(visit) {
      const context = await visit.signedIn();
      await context.addInitScript(() => {
        Object.defineProperty(Notification, "permission", { get: () => "denied" });
        Notification.requestPermission = async () => "denied";
      });
      const page = await visit.open(context, "/account");
      await page.getByText("This browser was told not to notify you").waitFor();
      await page.getByRole("button", { name: "Ring me in this browser" }).click();
      await page.getByRole("alert").filter({ hasText: "was not allowed to notify you" }).waitFor();
      const nobody = await visit.signedIn();
      await nobody.route("**/api/v1/session", (route) =>
        route.fulfill({ json: { actor: "user:ada", role: "responder", person: "" } }),
      );
      const without = await visit.open(nobody, "/account");
      await without.getByText("Your user is nobody of the catalog").waitFor();
      const phone = await visit.signedIn();
      await phone.addInitScript(() => {
        delete globalThis.PushManager;
        Object.defineProperty(navigator, "userAgent", { get: () => "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X)" });
      });
      const there = await visit.open(phone, "/account");
      await there.locator('[data-support="needs-home-screen"]').waitFor();
    },
  },
];
