// Times of shifts as people say them: with the day of the week, without seconds.
import type { OverrideKind, Swap } from "../api/oncall";
import { zoneName } from "../time/format";
import type { Mark } from "../words/severity";
import { dateText, floorDay, momentOf, plusDays, wallOf, weekday } from "./zone";

const formatters = new Map<string, Intl.DateTimeFormat>();
function format(at: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  const key = zone + JSON.stringify(options);
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
    formatters.set(key, made);
  }
  return made.format(at);
}

export const timeText = (at: number, zone: string): string =>
  format(at, zone, { hour: "2-digit", minute: "2-digit" });

// "today", "tomorrow", "Mon 30 Nov", with the year when it is another one.
export function dayText(at: number, now: number, zone: string): string {
  const wall = wallOf(at, zone);
  const today = wallOf(now, zone);
  if (dateText(wall) === dateText(today)) return "today";
  if (dateText(wall) === dateText(plusDays(today, 1))) return "tomorrow";
  const year =
    dateText(wall).slice(0, 4) === dateText(today).slice(0, 4) ? {} : { year: "numeric" as const };
  return format(at, zone, { weekday: "short", day: "numeric", month: "short", ...year }).replace(
    ",",
    "",
  );
}

export const whenText = (at: number, now: number, zone: string): string =>
  `${dayText(at, now, zone)} ${timeText(at, zone)}`;

// "Mon 30 Nov 09:00 to Mon 7 Dec 09:00 CET"; the day once when it is one.
export function spanText(
  begin: number,
  end: number,
  now: number,
  zone: string,
  nameZone = true,
): string {
  const from = dayText(begin, now, zone);
  const until = dayText(end, now, zone);
  const zones = [...new Set([zoneName(begin, zone), zoneName(end, zone)])];
  const first = `${from} ${timeText(begin, zone)}${zones.length > 1 ? ` ${zones[0]}` : ""}`;
  const last = `${from === until ? "" : `${until} `}${timeText(end, zone)}`;
  if (!nameZone && zones.length === 1) return `${first} to ${last}`;
  return `${first} to ${last} ${zones.at(-1)}`;
}

export function listText(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? "nobody";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export function hoursText(seconds: number): string {
  const hours = seconds / 3600;
  return `${hours >= 10 ? Math.round(hours).toLocaleString("en-US") : Math.round(hours * 10) / 10} h`;
}

// "Grace instead of Ada", "Alan as well", "without Ada".
export function overrideText(
  { kind, person, replaces }: { kind: OverrideKind; person: string; replaces: string },
  nameOf: (id: string) => string,
): string {
  if (kind === "add") return `${nameOf(person)} as well`;
  if (kind === "remove") return `without ${nameOf(person)}`;
  return `${nameOf(person)} instead of ${replaces === "" ? "everybody" : nameOf(replaces)}`;
}

const swapMarks: Record<Swap["state"], Mark> = {
  open: { tone: "warning", word: "OPEN" },
  taken: { tone: "ok", word: "TAKEN", outlined: true },
  declined: { tone: "high", word: "DECLINED", outlined: true },
  withdrawn: { tone: "unknown", word: "WITHDRAWN", outlined: true },
  expired: { tone: "unknown", word: "EXPIRED", outlined: true },
};
export const swapMark = (state: Swap["state"]): Mark => swapMarks[state];

// "on call in payments", "Grace", "all of the team shop": whom a step rings.
export function targetText(
  { kind, name }: { kind: string; name: string },
  nameOf: (id: string) => string,
): string {
  switch (kind) {
    case "person":
      return nameOf(name);
    case "schedule":
      return `whoever is on call in ${name}`;
    case "team":
      return `all of the team ${name}`;
    case "round_robin":
      return `one of ${name}, each page the next`;
    case "channel":
      return `the channel #${name} (told, not rung)`;
    default:
      return `${kind} ${name}`;
  }
}

// Moments that are worth trying: the coming night, and the coming Sunday night.
export function timesOfDay(now: number, zone: string): { says: string; at: number }[] {
  const today = floorDay(wallOf(now, zone));
  const hour = 3_600_000;
  const at = (days: number, clock: number) =>
    momentOf(plusDays(today, days) + clock * hour, zone).at;
  const night = at(0, 3) > now ? at(0, 3) : at(1, 3);
  const sunday = (6 - weekday(today) + 7) % 7 || 7;
  return [
    { says: "next night 03:00", at: night },
    { says: "Sunday 03:00", at: at(sunday, 3) },
    { says: "Sunday 15:00", at: at(sunday, 15) },
  ];
}
