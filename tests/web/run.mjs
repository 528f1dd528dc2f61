// Journeys through the page in Debian's Chromium.
//
//   node tests/web/run.mjs --base-url URL [--user U --password P] [--break CMD --heal CMD]
//   node tests/web/run.mjs --standin DIST        against the stand-in with the page built in DIST
//
// Also by environment: TOCSIN_URL, TOCSIN_USER, TOCSIN_PASSWORD, TOCSIN_BREAK, TOCSIN_HEAL. The
// commands begin and end an outage of the server under test; without them its story is left out.
import { exec } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs, promisify } from "node:util";
import { StandIn } from "../../web/test/standin/server.mjs";
import { launch, Visit } from "./browser.mjs";
import { accessibility } from "./journeys/accessibility.mjs";
import { account } from "./journeys/account.mjs";
import { alerts } from "./journeys/alerts.mjs";
import { calm } from "./journeys/calm.mjs";
import { channels } from "./journeys/channels.mjs";
import { delivery } from "./journeys/delivery.mjs";
import { history } from "./journeys/history.mjs";
import { line } from "./journeys/line.mjs";
import { notes } from "./journeys/notes.mjs";
import { objectives } from "./journeys/objectives.mjs";
import { onCall } from "./journeys/oncall.mjs";
import { outage } from "./journeys/outage.mjs";
import { posted } from "./journeys/posted.mjs";
import { problems } from "./journeys/problems.mjs";
import { push } from "./journeys/push.mjs";
import { routes } from "./journeys/routes.mjs";
import { scheduleForms } from "./journeys/schedule_forms.mjs";
import { signIn } from "./journeys/sign_in.mjs";
import { silences } from "./journeys/silences.mjs";

const { env } = process;
const { values } = parseArgs({
  options: {
    "base-url": { type: "string", default: env.TOCSIN_URL ?? "" },
    user: { type: "string", default: env.TOCSIN_USER ?? "ada" },
    password: { type: "string", default: env.TOCSIN_PASSWORD ?? "tocsin" },
    break: { type: "string", default: env.TOCSIN_BREAK ?? "" },
    heal: { type: "string", default: env.TOCSIN_HEAL ?? "" },
    standin: { type: "string" },
    screenshots: { type: "string", default: "build/web/screenshots" },
    only: { type: "string", default: "" },
  },
});

let standin;
if (values.standin) {
  standin = new StandIn({ dist: resolve(values.standin), log: console.error });
  values["base-url"] = await standin.listen();
}
if (!values["base-url"]) {
  console.error("say where the server is: --base-url URL, TOCSIN_URL, or --standin DIST");
  process.exit(2);
}

const run = promisify(exec);
const post = (verb) => fetch(`${values["base-url"]}/standin/${verb}`, { method: "POST" });
const options = {
  baseUrl: values["base-url"].replace(/\/$/, ""),
  user: values.user,
  password: values.password,
  screenshots: resolve(values.screenshots),
  standin: standin ? post : null,
  real: !standin,
  // A real outage takes its time to be seen and to be over.
  patience: standin ? 15_000 : 180_000,
  begin: standin ? () => post("break") : values.break ? () => run(values.break) : null,
  end: standin ? () => post("heal") : values.heal ? () => run(values.heal) : null,
};
mkdirSync(options.screenshots, { recursive: true });

const journeys = [
  signIn,
  account,
  push,
  calm,
  objectives,
  outage,
  alerts,
  problems,
  silences,
  history,
  routes,
  channels,
  onCall,
  scheduleForms,
  notes,
  line,
  delivery,
  accessibility,
  posted, // they ring: last
].flat();
const browser = await launch();
let passed = 0;
let failed = 0;
let skipped = 0;
for (const journey of journeys) {
  if (!journey.name.includes(values.only)) continue;
  if ((journey.needs ?? []).some((need) => !options[need])) {
    skipped += 1;
    continue;
  }
  const visit = new Visit(browser, options);
  const began = performance.now();
  let error = null;
  try {
    if (standin) await post("reset");
    await journey.run(visit, options);
  } catch (caught) {
    error = caught;
  }
  await visit.close();
  const found = [...(error ? [error.stack] : []), ...visit.faults];
  if (standin) found.push(...standin.faults.splice(0));
  const faults = [...new Set(found)];
  const took = ((performance.now() - began) / 1000).toFixed(1);
  if (faults.length === 0) passed += 1;
  else failed += 1;
  console.log(`${faults.length === 0 ? "ok  " : "FAIL"} ${journey.name} (${took} s)`);
  for (const fault of faults) console.log(`     ${fault}`);
}
await browser.close();
await standin?.close();
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} left out` : ""}`);
process.exit(failed > 0 ? 1 : 0);
