// The stand-in's silences, those that come again, and what one would hide.
import { failure } from "./handlers.mjs";
import { matchesAll, parseMatcher } from "./posted.mjs";
import { iso } from "./traffic.mjs";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const sizes = { s: 1000, m: minute, h: hour, d: day, w: 7 * day };

// "2h", "1d12h"; null where it is none.
export function spanMs(text) {
  if (!/^(\d+[smhdw])+$/.test(text ?? "")) return null;
  return [...text.matchAll(/(\d+)([smhdw])/g)].reduce(
    (sum, [, n, unit]) => sum + n * sizes[unit],
    0,
  );
}

// The moment at which the clocks of a zone show this.
function momentIn(zone, civil) {
  const guess = Date.parse(`${civil}:00Z`);
  const shown = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(guess);
  return guess - (Date.parse(`${shown.replace(" ", "T")}Z`) - guess);
}

const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

// The next five; of rules only days and weekdays.
export function occurrencesOf({ rule, at, start, zone = "UTC", lasts }, now) {
  const parts = new Map(rule.split(";").map((part) => part.split("=")));
  if (!["DAILY", "WEEKLY", "MONTHLY", "YEARLY"].includes(parts.get("FREQ"))) {
    throw new Error(`recurrence: rule '${rule}' has no FREQ; write it as FREQ=WEEKLY;BYDAY=SA`);
  }
  const by = parts.get("BYDAY")?.split(",") ?? weekdays;
  const time = at ?? start.slice(11, 16);
  const first = start ? Date.parse(`${start.slice(0, 10)}T00:00:00Z`) : now - day;
  const found = [];
  for (let on = first; found.length < 5 && on < now + 400 * day; on += day) {
    const date = new Date(on);
    const isFirst = date.getUTCDate() <= 7;
    const name = weekdays[date.getUTCDay()];
    const isDue = by.some((one) => one === name || (one === `1${name}` && isFirst));
    if (!isDue || (parts.get("FREQ") === "MONTHLY" && !isFirst)) continue;
    const begins = momentIn(zone, `${date.toISOString().slice(0, 10)}T${time}`);
    if (begins + spanMs(lasts) > now) found.push(iso(begins));
  }
  return found;
}

export function preview(posted, { matchers, recurrence }) {
  const { now } = posted.world;
  const parsed = matchers.map(parseMatcher);
  const firing = posted.list().filter((one) => one.state !== "resolved");
  const hidden = firing.filter((one) => matchesAll(parsed, one.labels));
  return {
    firing: firing.length,
    hidden: hidden.length,
    hidden_by_name: countNames(hidden),
    hidden_alerts: hidden.slice(0, 20).map(({ fingerprint, labels, starts_at, acknowledged }) => ({
      fingerprint,
      labels,
      starts_at,
      is_acknowledged: acknowledged !== null,
    })),
    silent_groups: [],
    silent_receivers: hidden.length > 1 ? [...new Set(hidden.flatMap((one) => one.receivers))] : [],
    warnings: warningsOf(parsed, hidden, firing),
    fired_before: {
      times: hidden.length * 3,
      by_name: countNames(hidden),
      reaches: iso(now - 7 * day),
    },
    occurrences: recurrence ? occurrencesOf(recurrence, now) : [],
  };
}

function warningsOf(parsed, hidden, firing) {
  const warnings = [];
  if (hidden.length > firing.length / 2 && hidden.length > 3) {
    const text = `it hides ${hidden.length} of ${firing.length} firing alerts: is that meant?`;
    warnings.push({ code: "most_alerts", text });
  }
  if (!parsed.some((one) => one.op === "=")) {
    warnings.push({ code: "no_equal_matcher", text: "no matcher is label=value" });
  }
  return warnings;
}

function countNames(alerts) {
  const counts = new Map();
  for (const { labels } of alerts) {
    counts.set(labels.alertname, (counts.get(labels.alertname) ?? 0) + 1);
  }
  return [...counts].map(([alertname, count]) => ({ alertname, count }));
}

const recurringNow = (posted, { recurrence, ...one }) => ({
  ...one,
  rule: recurrence.rule,
  start: recurrence.start ?? `${iso(posted.world.now).slice(0, 10)} ${recurrence.at}:00`,
  zone: recurrence.zone ?? "UTC",
  lasts: recurrence.lasts,
  except: [],
  next_at: occurrencesOf(recurrence, posted.world.now)[0] ?? null,
});

// Answers 400 with the reason where the input is no silence.
function orRefused({ send }, run) {
  try {
    return run();
  } catch (error) {
    return send(400, failure("invalid_argument", error.message));
  }
}

export const silenceHandlers = {
  listSilences: ({ world: { posted } }, { send }) =>
    send(200, { silences: posted.silences.map((one) => posted.silenceNow(one)) }),
  addSilence: ({ world }, call) =>
    orRefused(call, () => {
      const { matchers, comment, author = "ada", starts_at, ends_at } = call.input;
      matchers.map(parseMatcher);
      const { posted, now } = world;
      const id = `0c1f7a52-0c3f-4a57-9d7e-${String(posted.silences.length).padStart(12, "0")}`;
      const { warnings } = preview(posted, { matchers });
      const silence = { id, matchers, starts_at: starts_at ?? iso(now), ends_at, author, comment };
      posted.silence(silence, "user:ada");
      call.send(201, { silence: posted.silenceNow(posted.silences.at(-1)), warnings });
    }),
  expireSilence: ({ world }, { id, send }) => {
    const silence = world.posted.silences.find((one) => one.id === id);
    if (!silence) return send(404, failure("not_found", `there is no silence '${id}'`));
    silence.ends_at = iso(world.now);
    const { comment, matchers } = silence;
    const data = { comment, matchers: `{${matchers}}` };
    world.add("silence.expired", "silence", silence.id, data, { actor: "user:ada" });
    return send(204);
  },
  previewSilence: ({ world }, call) =>
    orRefused(call, () => call.send(200, preview(world.posted, call.input))),
  listRecurringSilences: ({ world: { posted } }, { send }) =>
    send(200, { recurring_silences: posted.recurring.map((one) => recurringNow(posted, one)) }),
  addRecurringSilence: ({ world }, call) =>
    orRefused(call, () => {
      const { matchers, recurrence, comment, author = "ada" } = call.input;
      matchers.map(parseMatcher);
      const { posted } = world;
      const id = `rec_standin${posted.recurring.length + 1}`;
      const made = { id, matchers, recurrence, comment, author, created_at: iso(world.now) };
      const answer = recurringNow(posted, made);
      posted.recurring.push(made);
      const data = { comment, matchers: `{${matchers}}` };
      const by = { actor: "user:ada" };
      world.add("silence.recurring_created", "recurring_silence", id, data, by);
      const { warnings } = preview(posted, { matchers });
      call.send(201, { recurring_silence: answer, warnings });
    }),
  deleteRecurringSilence: ({ world }, { id, send }) => {
    const { posted } = world;
    const silence = posted.recurring.find((one) => one.id === id);
    if (!silence) return send(404, failure("not_found", `there is no recurring silence '${id}'`));
    posted.recurring = posted.recurring.filter((one) => one !== silence);
    const data = { comment: silence.comment, matchers: `{${silence.matchers}}` };
    const by = { actor: "user:ada" };
    world.add("silence.recurring_deleted", "recurring_silence", id, data, by);
    return send(204);
  },
};
