// How the alerts screen keeps up with ten thousand alerts, in Debian's Chromium.
//
//   node tests/web/pace.mjs web/dist
//
// Prints, in milliseconds: from a key in the filter line to the painted list (of the first key after
// loading apart, on fresh pages), the gaps between frames while the list is scrolled, main-thread tasks over 50 ms, and what of the processor each
// key and frame took, which does not depend on what else the machine does. A measurement: what must
// hold on any machine is a journey.
import { resolve } from "node:path";
import { StandIn } from "../../web/test/standin/server.mjs";
import { launch, live, Visit } from "./browser.mjs";

const standin = new StandIn({ dist: resolve(process.argv[2] ?? "web/dist"), log: console.error });
const baseUrl = await standin.listen();
standin.world.posted.many(10_000);
const browser = await launch();
const visit = new Visit(browser, { baseUrl, user: "ada", password: "tocsin" });
const context = await visit.signedIn();
await context.addInitScript(() => {
  globalThis.tasks = [];
  const see = (list) => globalThis.tasks.push(...list.getEntries().map((entry) => entry.duration));
  new PerformanceObserver(see).observe({ type: "longtask", buffered: true });
});

function say(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
  console.log(`${what}: ${sorted.length}, median ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)}`);
}
const tasks = async (page, what) => say(`  tasks over 50 ms, ${what}`, await page.evaluate(() => globalThis.tasks.splice(0)));

async function measured(page) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === "TaskDuration").value * 1000;
  };
}

async function loaded(page) {
  await page.goto("/alerts");
  await page.getByText(/[\d,]+ alerts, the most urgent first/).waitFor();
  await live(page);
}

// From the key's event to the end of the frame that shows what the list became. Keys that change how
// many alerts are shown count; times that tick on do not.
const watchKeys = (page) =>
  page.evaluate(() => {
    globalThis.painted = [];
    let pressed = 0;
    document.addEventListener("keydown", (event) => (pressed = event.timeStamp), true);
    const seen = () => {
      if (pressed === 0) return;
      const from = pressed;
      pressed = 0;
      requestAnimationFrame(() => setTimeout(() => globalThis.painted.push(performance.now() - from)));
    };
    const count = document.querySelector("[data-alerts] section [role=status]");
    new MutationObserver(seen).observe(count, { subtree: true, childList: true, characterData: true });
  });

const firsts = [];
const firstsUsed = [];
for (let i = 0; i < 7; i++) {
  const fresh = await context.newPage();
  const used = await measured(fresh);
  await loaded(fresh);
  await fresh.getByRole("button", { name: "Open all" }).click();
  await fresh.waitForTimeout(1500);
  await watchKeys(fresh);
  await fresh.keyboard.press("/");
  await fresh.waitForTimeout(300);
  const before = await used();
  await fresh.keyboard.type("c");
  await fresh.waitForTimeout(500);
  firstsUsed.push((await used()) - before);
  firsts.push(...(await fresh.evaluate(() => globalThis.painted.splice(0))));
  await fresh.close();
}
say("first key to painted list", firsts);
say("  processor, first key", firstsUsed);

const page = await context.newPage();
const taken = await measured(page);
let used = 0;
async function processor(what, count) {
  const now = await taken();
  console.log(`  processor, ${what}: ${((now - used) / count).toFixed(1)}`);
  used = now;
}
await loaded(page);
await tasks(page, "loading");
await processor("loading", 1);
await page.getByRole("button", { name: "Open all" }).click();
await page.waitForTimeout(1500);
await tasks(page, "opening all groups");
await processor("opening all groups", 1);

await watchKeys(page);
await page.keyboard.press("/");
const line = "checkout-12 dc=~fra|ams severity=page ";
for (const key of line) {
  await page.keyboard.type(key);
  await page.waitForTimeout(120);
}
for (let i = 0; i < line.length; i++) {
  await page.keyboard.press("Backspace");
  await page.waitForTimeout(120);
}
say("key to painted list", await page.evaluate(() => globalThis.painted.splice(0)));
await tasks(page, "filtering");
await processor("each key", line.length * 2);

await page.keyboard.press("Escape");
await page.keyboard.press("Escape");
await page.waitForTimeout(1500);
await processor("resting", 1);
const frames = await page.evaluate(
  () =>
    new Promise((done) => {
      const at = [];
      const step = (time) => {
        at.push(time);
        scrollBy(0, at.length < 120 ? 600 : -300);
        if (at.length < 240) requestAnimationFrame(step);
        else done(at);
      };
      requestAnimationFrame(step);
    }),
);
say("frame to frame, scrolling", frames.slice(1).map((time, i) => time - frames[i]));
await tasks(page, "scrolling");
await processor("each frame", frames.length);
for (const fault of visit.faults) console.log(fault);
await browser.close();
await standin.close();
