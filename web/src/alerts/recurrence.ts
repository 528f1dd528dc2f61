// Silences that come again: from a small form to a rule of RFC 5545, and from a rule to words.
import type { NewRecurrence, RecurringSilence } from "../api/types";
import { formatter, zoneName } from "../time/format";
import { parseSpan, spanText } from "./spans";

export const days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"] as const;
export type Day = (typeof days)[number];
export const dayNames: Record<Day, string> = {
  MO: "Mon",
  TU: "Tue",
  WE: "Wed",
  TH: "Thu",
  FR: "Fri",
  SA: "Sat",
  SU: "Sun",
};

export interface RecurrenceDraft {
  how: "days" | "rule";
  days: Day[];
  from: string; // "22:00", on the clocks of the zone
  until: string; // "06:00": on the next day, as it is not after `from`
  rule: string;
  lasts: string; // of a rule: "4h"
  first: string; // the first day, "2026-11-28"; empty: today
  zone: string;
}

export const localZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export const firstDraft = (zone: string): RecurrenceDraft => ({
  how: "days",
  days: ["SA", "SU"],
  from: "02:00",
  until: "06:00",
  rule: "FREQ=MONTHLY;BYDAY=1SU",
  lasts: "4h",
  first: "",
  zone,
});

export function ruleOf(chosen: readonly Day[]): string {
  const inOrder = days.filter((day) => chosen.includes(day));
  return inOrder.length === days.length ? "FREQ=DAILY" : `FREQ=WEEKLY;BYDAY=${inOrder.join(",")}`;
}

const minutesOf = (time: string): number | null => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
};

// From one time of the day to the next time that the clock shows the other; the same is a whole day.
export function lengthBetween(from: string, until: string): number | null {
  const [begin, end] = [minutesOf(from), minutesOf(until)];
  if (begin === null || end === null) return null;
  const minutes = end > begin ? end - begin : end - begin + 24 * 60;
  return minutes * 60_000;
}

const shortest = 60_000;
const longest = 31 * 86_400_000;

// What the server takes, or what is wrong with the draft, in words.
export function recurrenceOf(draft: RecurrenceDraft): NewRecurrence | string {
  const { how, from, zone, first } = draft;
  if (minutesOf(from) === null) return "Say when it begins, such as 02:00";
  if (zone.trim() === "") return "Say in which zone, such as Europe/Berlin";
  if (how === "days" && draft.days.length === 0) return "Choose at least one day";
  const rule = how === "days" ? ruleOf(draft.days) : draft.rule.trim().replace(/^RRULE:/i, "");
  if (rule === "") return "Write a rule, such as FREQ=MONTHLY;BYDAY=1SU";
  const ms = how === "days" ? lengthBetween(from, draft.until) : parseSpan(draft.lasts);
  if (ms === null) {
    return how === "days"
      ? "Say when it ends, such as 06:00"
      : "The length is none: write 4h or 1d";
  }
  if (ms < shortest || ms > longest) return "Each may last from 1m to 31d";
  const when = first === "" ? { at: from } : { start: `${first} ${from}` };
  return { rule, ...when, zone: zone.trim(), lasts: spanText(ms) };
}

// What makes the same silence again, and tells the preview when its next occurrences are.
export const recurrenceAgain = (silence: RecurringSilence): NewRecurrence => ({
  rule: silence.rule,
  start: silence.start,
  zone: silence.zone,
  lasts: silence.lasts,
  except: silence.except,
});

// A known silence as a draft of the form; what its days cannot say stays a rule.
export function draftOf(silence: RecurringSilence): RecurrenceDraft {
  const from = timeOf(silence.start);
  const ms = parseSpan(silence.lasts);
  const chosen = plainDays(silence.rule);
  const begin = minutesOf(from);
  const draft = { ...firstDraft(silence.zone), from, rule: silence.rule, lasts: silence.lasts };
  if (chosen === null || ms === null || begin === null || ms > 86_400_000 || ms % 60_000 !== 0) {
    return { ...draft, how: "rule" };
  }
  const end = (begin + ms / 60_000) % (24 * 60);
  const two = (n: number) => String(n).padStart(2, "0");
  return { ...draft, days: chosen, until: `${two(Math.floor(end / 60))}:${two(end % 60)}` };
}

const timeOf = (start: string) => /\d\d:\d\d/.exec(start)?.[0] ?? "";

const partsOf = (rule: string) =>
  new Map(
    rule
      .toUpperCase()
      .split(";")
      .map((part) => part.split("=") as [string, string]),
  );

// The days of a rule that says nothing else.
function plainDays(rule: string): Day[] | null {
  const parts = partsOf(rule);
  const freq = parts.get("FREQ");
  const by = parts.get("BYDAY");
  const others = [...parts.keys()].filter((name) => name !== "FREQ" && name !== "BYDAY");
  if (others.length > 0) return null;
  if (by === undefined) return freq === "DAILY" ? [...days] : null;
  if (freq !== "WEEKLY" && freq !== "DAILY") return null;
  const named = by.split(",");
  const known = days.filter((day) => named.includes(day));
  return known.length === named.length ? known : null;
}

// "every day", "Mon to Fri", "Sat, Sun"; the rule itself where it says more.
export function ruleWords(rule: string): string {
  const chosen = plainDays(rule);
  if (chosen === null) return rule;
  if (chosen.length === days.length) return "every day";
  const first = days.indexOf(chosen[0] ?? "MO");
  const isRun = chosen.length > 2 && chosen.every((day, i) => days[first + i] === day);
  const last = chosen[chosen.length - 1];
  if (isRun && chosen[0] && last) return `${dayNames[chosen[0]]} to ${dayNames[last]}`;
  return chosen.map((day) => dayNames[day]).join(", ");
}

// "Sat, Sun at 02:00 for 4h, Europe/Berlin"
export function recurringWords({ rule, start, lasts, zone }: RecurringSilence): string {
  return `${ruleWords(rule)} at ${timeOf(start)} for ${lasts}, ${zone}`;
}

// "Sat 28 Nov 02:00 CET", on the clocks that the silence goes by.
export function occurrenceText(at: number, zone: string): string {
  const options: Intl.DateTimeFormatOptions = {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  };
  try {
    const text = formatter("en-GB", { ...options, timeZone: zone }).format(at);
    return `${text.replaceAll(",", "")} ${zoneName(at, zone)}`;
  } catch {
    // The server knows a zone that the browser does not.
    return `${formatter("en-GB", options).format(at).replaceAll(",", "")} ${zoneName(at)}`;
  }
}
