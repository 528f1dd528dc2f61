// Words for posted alerts: what suppresses them, and the sentences of their history.
import type { AlertEvent, Suppressor } from "../api/types";
import { actorText } from "./actors";
import type { Tone } from "./severity";

const suppressionWords: Record<string, string> = {
  silence: "Silenced",
  inhibition: "Inhibited",
  mute_time_interval: "Muted now",
  active_time_interval: "Outside of its hours",
  snooze: "Snoozed",
  flapping: "Flapping",
  gate: "Held by the page gate",
};

export function suppressionWord(kind: string): string {
  return suppressionWords[kind] ?? sentence(kind.replaceAll("_", " "));
}

export const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

// The reason with its words: "Silenced: Grace: new disks".
export type ReasonText = (reason: Suppressor) => string;

export interface Happening {
  key: string;
  kind: string;
  at: string;
  tone: Tone | "none";
  text: string;
  detail: string;
  actor: string; // empty: Tocsin itself
}

type Data = Record<string, unknown>;
type Sentence = (
  data: Data,
  reason: ReasonText,
) => Omit<Happening, "key" | "kind" | "at" | "actor">;

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : "";
const joined = (...parts: string[]) => parts.filter((part) => part !== "").join(" · ");

function reasons(value: unknown, reason: ReasonText): string {
  const list = Array.isArray(value) ? (value as Suppressor[]) : [];
  return list.map(reason).join(", ");
}

const plain =
  (words: string, tone: Happening["tone"], ...shown: string[]): Sentence =>
  (data) => ({ text: words, tone, detail: joined(...shown.map((name) => text(data[name]))) });

const toldWords: Record<string, [string, Happening["tone"]]> = {
  sent: ["was told", "info"],
  sending: ["is being told", "none"],
  failed: ["could not be told", "critical"],
  cut_off: ["may have been told, the server stopped meanwhile:", "warning"],
};

// What a group's notification told of; one alert's own history does not count.
function countsOf({ firing, resolved }: Data): string {
  if (typeof firing !== "number" || typeof resolved !== "number") return "";
  const parts = [firing > 0 ? `${firing} firing` : "", resolved > 0 ? `${resolved} over` : ""];
  return parts.filter((part) => part !== "").join(", ");
}

const told =
  (state: string): Sentence =>
  (data) => {
    const [words, tone] = toldWords[state] ?? [state, "none"];
    const isOver = data.told_as === "resolved" || (data.firing === 0 && Number(data.resolved) > 0);
    const tries = Number(data.tries) > 1 ? `, after ${data.tries} tries` : "";
    const again = data.maybe_duplicate === true ? "perhaps twice" : "";
    return {
      tone: state === "sent" && isOver ? "ok" : tone,
      text: `${text(data.receiver)} ${words}${isOver ? " that it is over" : ""} by ${text(data.integration)}${tries}`,
      detail: joined(text(data.reason), countsOf(data), again, text(data.answer)),
    };
  };

// What the page gate makes of an alert that asks for a page.
const gateWords: Record<string, string> = {
  page: "It may page",
  ticket: "It became a ticket: not fit to wake somebody",
  dashboard: "It is shown only: not fit to wake somebody",
};

const sentences: Record<string, Sentence> = {
  "posted_alert.fired": plain("It fired", "critical"),
  "posted_alert.resolved": plain("It is over", "ok", "why"),
  "posted_alert.suppressed": (data, reason) => ({
    text: `${text(data.receiver) || "Nobody"} is not told`,
    tone: "unknown",
    detail: reasons(data.by, reason),
  }),
  "posted_alert.unsuppressed": (data, reason) => ({
    text: `${text(data.receiver) || "Others"} may be told again`,
    tone: "high",
    detail: reasons(data.was, reason),
  }),
  "posted_alert.acknowledged": plain("has it", "ok", "comment"),
  "posted_alert.unacknowledged": plain("gave it back: nobody has it", "high"),
  "posted_alert.snoozed": (data) => ({
    text: "snoozed it",
    tone: "info",
    detail: joined(text(data.until) && `until ${text(data.until)}`, text(data.comment)),
  }),
  "posted_alert.unsnoozed": plain("ended the snooze", "info"),
  "posted_alert.gated": (data) => ({
    text: gateWords[text(data.decision)] ?? `The page gate says ${text(data.decision)}`,
    tone: data.decision === "page" ? "info" : "warning",
    detail: Array.isArray(data.reasons) ? data.reasons.map(text).join(" ") : "",
  }),
  "posted_alert.flapping": (data) => ({
    text: "It flaps: its changes are held",
    tone: "warning",
    detail: joined(text(data.changes) && `changed ${text(data.changes)} times`),
  }),
  "posted_alert.steady": plain("It flaps no longer", "info"),
  "notification.sent": told("sent"),
  "notification.sending": told("sending"),
  "notification.failed": told("failed"),
  "notification.cut_off": told("cut_off"),
  "silence.created": plain("made a silence", "info", "comment", "matchers"),
  "silence.updated": plain("changed a silence", "info", "comment", "matchers"),
  "silence.expired": plain("ended a silence", "none", "comment", "matchers"),
  "silence.recurring_created": plain("made a recurring silence", "info", "comment", "matchers"),
  "silence.recurring_deleted": plain("deleted a recurring silence", "none", "comment", "matchers"),
  "silence.recurring_over": plain("The recurring silence comes no more", "none", "comment"),
};

// A kind without a sentence is said by its name and its plain values: nothing is hidden.
const unknown =
  (kind: string): Sentence =>
  (data) => ({
    text: sentence(kind.replaceAll(/[._]/g, " ")),
    tone: "none",
    detail: Object.entries(data)
      .filter(([name, value]) => name !== "before" && text(value) !== "")
      .slice(0, 6)
      .map(([name, value]) => `${name.replaceAll("_", " ")} ${text(value)}`)
      .join(", "),
  });

export function happeningOf(event: AlertEvent, at: number, reason: ReasonText): Happening {
  const words = sentences[event.kind] ?? unknown(event.kind);
  return {
    key: event.seq === null ? `n${at}` : `e${event.seq}`,
    kind: event.kind,
    at: event.happened_at,
    actor: event.actor.startsWith("system:") ? "" : actorText(event.actor),
    ...words((event.data ?? {}) as Data, reason),
  };
}
