// What the history screen asks for, from its address.
import type { HistorySearch } from "../router";
import { matchersOf, parseLine, wordsOf } from "./line";
import { matcherText } from "./matcher";

// What happened, by what a reader looks for.
export const happenings = [
  { name: "fired", says: "Fired, over", kinds: ["posted_alert.fired", "posted_alert.resolved"] },
  {
    name: "suppressed",
    says: "Suppressed",
    kinds: ["posted_alert.suppressed", "posted_alert.unsuppressed"],
  },
  {
    name: "handled",
    says: "Acknowledged, snoozed",
    kinds: [
      "posted_alert.acknowledged",
      "posted_alert.unacknowledged",
      "posted_alert.snoozed",
      "posted_alert.unsnoozed",
    ],
  },
  { name: "gated", says: "Page gate", kinds: ["posted_alert.gated"] },
  {
    name: "flapping",
    says: "Flapping",
    kinds: ["posted_alert.flapping", "posted_alert.steady"],
  },
  { name: "told", says: "Told", kinds: ["notification.sent"] },
  {
    name: "failed",
    says: "Not told",
    kinds: ["notification.failed", "notification.cut_off"],
  },
  { name: "silences", says: "Silences", kinds: ["silence"] },
] as const;

export const spans = [
  { name: "1h", says: "1 h", ms: 3_600_000 },
  { name: "1d", says: "24 h", ms: 86_400_000 },
  { name: "7d", says: "7 days", ms: 7 * 86_400_000 },
  { name: "30d", says: "30 days", ms: 30 * 86_400_000 },
] as const;

export const namesOf = (kind: string | undefined): string[] =>
  happenings.map(({ name }) => name).filter((name) => kind?.split(",").includes(name));

export interface HistoryAsked {
  q: string | undefined;
  matcher: string[];
  kind: string[];
  receiver: string | undefined;
  last: number | undefined; // so many milliseconds up to now, instead of `from`
  from: string | undefined;
  to: string | undefined;
}

// Words are looked for as one text: the server has no other way.
export function askedOf(search: HistorySearch): HistoryAsked {
  const parts = parseLine(search.q ?? "");
  const chosen = namesOf(search.kind);
  const words = wordsOf(parts).join(" ");
  const last = spans.find(({ name }) => name === search.span)?.ms;
  return {
    q: words === "" ? undefined : words,
    matcher: matchersOf(parts).map(matcherText),
    kind: happenings.filter(({ name }) => chosen.includes(name)).flatMap(({ kinds }) => kinds),
    receiver: search.receiver,
    last,
    from: last === undefined ? search.from : undefined,
    to: last === undefined ? search.to : undefined,
  };
}

// A field of type datetime-local, on the browser's clock, and the address, which has a moment.
export function momentOf(field: string): string | undefined {
  const ms = new Date(field).getTime();
  return field === "" || Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

export function fieldOf(moment: string | undefined): string {
  const at = new Date(moment ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

// The labels of a group stand behind the last ":{" of its key, as a filter line has them.
export function groupLine(key: string): string {
  const at = key.lastIndexOf("}:{");
  if (at < 0) return "";
  return matchersOf(parseLine(key.slice(at + 2)))
    .map(matcherText)
    .join(" ");
}
