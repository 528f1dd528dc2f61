// Words for posted alerts: what suppresses them, and the sentences of their history.

import type { PostedAlertHistory, Suppression } from "../api/types";
import { actorText } from "./entries";
import type { Tone } from "./severity";

const suppressionWords: Record<Suppression["kind"], string> = {
  silence: "Silenced",
  inhibition: "Inhibited",
  time_interval: "Muted now",
  snooze: "Snoozed",
  flapping: "Flapping",
  gate: "Held by the page gate",
};

export function suppressionWord(kind: Suppression["kind"]): string {
  return suppressionWords[kind] ?? kind;
}

export function suppressionText({ kind, name, text }: Suppression): string {
  return `${suppressionWord(kind)}: ${text || name || "no reason is given"}`;
}

export interface Happening {
  key: string;
  at: string;
  tone: Tone | "none";
  text: string;
  detail: string;
  actor: string; // empty: Tocsin itself
}

type Entry = PostedAlertHistory["entries"][number];
type Notification = PostedAlertHistory["notifications"][number];

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";

const sentences: Record<string, [string, Happening["tone"]]> = {
  "posted_alert.fired": ["It fired", "critical"],
  "posted_alert.resolved": ["It is over", "ok"],
  "posted_alert.suppressed": ["It is suppressed: nobody is told", "unknown"],
  "posted_alert.unsuppressed": ["It is no longer suppressed", "high"],
  "posted_alert.acknowledged": ["has it", "ok"],
  "posted_alert.unacknowledged": ["gave it back: nobody has it", "high"],
  "posted_alert.snoozed": ["snoozed it", "info"],
  "posted_alert.unsnoozed": ["ended the snooze", "info"],
};

const shownElsewhere = new Set(["alertname", "before", "fingerprint"]);

function detailOf(data: Entry["data"]): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(data)) {
    if (shownElsewhere.has(name)) continue;
    if (Array.isArray(value)) {
      const texts = value.map((one) => text(one) || text((one as { text?: unknown })?.text));
      if (texts.some((one) => one !== "")) parts.push(texts.filter(Boolean).join(", "));
    } else if (text(value) !== "") {
      parts.push(`${name.replaceAll("_", " ")} ${text(value)}`);
    }
  }
  return parts.slice(0, 6).join(", ");
}

function entryHappening(entry: Entry): Happening {
  const [words, tone] = sentences[entry.kind] ?? [entry.kind.replaceAll(/[._]/g, " "), "none"];
  return {
    key: `e${entry.seq}`,
    at: entry.at,
    tone,
    text: words,
    detail: detailOf(entry.data),
    actor: entry.actor.startsWith("system:") ? "" : actorText(entry.actor),
  };
}

const stateWords: Record<string, [string, Happening["tone"]]> = {
  sent: ["was told", "info"],
  sending: ["is being told", "none"],
  failed: ["could not be told", "critical"],
  cut_off: ["may have been told: the server stopped meanwhile", "warning"],
};

function notificationHappening(one: Notification, i: number): Happening {
  const [words, tone] = stateWords[one.state] ?? [one.state, "none"];
  const news = one.is_firing ? "" : " that it is over";
  const tries = one.tries > 1 ? `, after ${one.tries} tries` : "";
  return {
    key: `n${i}`,
    at: one.at,
    tone: one.state === "sent" && !one.is_firing ? "ok" : tone,
    text: `${one.receiver} ${words}${one.state === "sent" ? news : ""} by ${one.kind}${tries}`,
    detail: [one.reason, one.detail].filter(Boolean).join(" · "),
    actor: "",
  };
}

// Newest first.
export function happeningsOf({ entries, notifications }: PostedAlertHistory): Happening[] {
  const all = [...entries.map(entryHappening), ...notifications.map(notificationHappening)];
  return all
    .map((one, i) => ({ one, i, ms: Date.parse(one.at) }))
    .sort((a, b) => b.ms - a.ms || b.i - a.i)
    .map(({ one }) => one);
}
