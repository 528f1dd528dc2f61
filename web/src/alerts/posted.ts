// What the page derives from a posted alert, once for each answer.
import type { PostedAlert, Suppressor } from "../api/types";
import { parseTime } from "../time/format";
import type { Mark, Tone } from "../words/severity";

// Where an alert stands for a responder: acknowledged is firing, and somebody has it.
export const standings = ["firing", "acknowledged", "suppressed", "resolved"] as const;
export type Standing = (typeof standings)[number];

export function standingOf(alert: PostedAlert): Standing {
  if (alert.state !== "firing") return alert.state;
  if (alert.snoozed) return "suppressed";
  return alert.acknowledged ? "acknowledged" : "firing";
}

// Why nobody is told: what the server names, and a snooze.
export function reasonsOf(alert: PostedAlert): Suppressor[] {
  if (alert.state === "resolved") return [];
  const named = alert.suppressed_by;
  if (!alert.snoozed || named.some((one) => one.kind === "snooze")) return named;
  return [...named, { kind: "snooze", by: alert.snoozed.by }];
}

const grades: [Tone, RegExp][] = [
  ["critical", /^(critical|crit|page|emergency|disaster|fatal|p1|sev-?1|s1)$/i],
  ["high", /^(high|error|major|urgent|p2|sev-?2|s2)$/i],
  ["warning", /^(warning|warn|ticket|minor|medium|p3|sev-?3|s3)$/i],
  ["info", /^(info|informational|low|none|debug|notice|p4|p5|sev-?[45])$/i],
];
// A severity that is not known may be anything: it stands above a warning.
const toneOrder: Tone[] = ["critical", "high", "unknown", "warning", "info", "ok"];

export function toneOf(alert: PostedAlert): Tone {
  const word = alert.labels.severity ?? alert.labels.priority ?? "";
  return grades.find(([, words]) => words.test(word))?.[0] ?? "unknown";
}

export function rankOfTone(tone: Tone): number {
  return toneOrder.indexOf(tone);
}

export function severityOfPosted(alert: PostedAlert): Mark {
  const word = (alert.labels.severity ?? alert.labels.priority ?? "").toUpperCase().slice(0, 12);
  const standing = standingOf(alert);
  if (standing === "resolved") return { tone: "ok", word: word || "OVER", outlined: true };
  return { tone: toneOf(alert), word: word || "FIRING", outlined: standing !== "firing" };
}

export function titleOf(alert: PostedAlert): string {
  const { annotations, labels } = alert;
  const said = annotations.summary || annotations.title || annotations.message;
  return said || annotations.description?.split("\n")[0] || labels.alertname || alert.fingerprint;
}

// What an alert says beside its title, for a row that no label tells from the others; may be empty.
export function moreOf(alert: PostedAlert): string {
  const { impact, users_lose, description, message } = alert.annotations;
  const title = titleOf(alert);
  const lines = [impact, users_lose, description, message].map((text) => text?.split("\n")[0]);
  return lines.find((line) => line && line !== title) ?? "";
}

interface Derived {
  hay: string;
  starts: number;
  order: number;
}
const derived = new WeakMap<PostedAlert, Derived>();

function derive(alert: PostedAlert): Derived {
  let known = derived.get(alert);
  if (!known) {
    known = {
      hay: "",
      starts: parseTime(alert.starts_at) ?? 0,
      order: standings.indexOf(standingOf(alert)) * 10 + rankOfTone(toneOf(alert)),
    };
    derived.set(alert, known);
  }
  return known;
}

// What a word of the filter line is looked for in.
export function haystackOf(alert: PostedAlert): string {
  const known = derive(alert);
  if (known.hay === "") {
    const texts = [...Object.values(alert.labels), ...Object.values(alert.annotations)];
    known.hay = [...texts, alert.service, alert.team].join("\n").toLowerCase();
  }
  return known.hay;
}

// Firing before acknowledged before suppressed; then the worst; then the newest.
export function byUrgency(a: PostedAlert, b: PostedAlert): number {
  const [x, y] = [derive(a), derive(b)];
  return x.order - y.order || y.starts - x.starts || (a.fingerprint < b.fingerprint ? -1 : 1);
}

// Lower is more urgent; comparable between groups.
export const urgencyOf = (alert: PostedAlert): number => derive(alert).order;
