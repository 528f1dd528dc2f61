// Wall times of a zone. The browser knows zones only one way (from a moment to its wall time), so
// the other way is found by trying the offsets that hold around it.
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

// A wall time as a number: what Date.UTC makes of its parts. Not a moment.
export type Wall = number;

const formatters = new Map<string, Intl.DateTimeFormat>();
function formatterOf(zone: string): Intl.DateTimeFormat {
  let made = formatters.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(zone, made);
  }
  return made;
}

export function wallOf(at: number, zone: string): Wall {
  const part: Record<string, number> = {};
  for (const { type, value } of formatterOf(zone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day: date = 1, hour: hours = 0, minute: minutes = 0 } = part;
  // Milliseconds are the same in every zone.
  const rest = ((at % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, date, hours, minutes, part.second ?? 0, rest);
}

export const offsetOf = (at: number, zone: string): number => wallOf(at, zone) - at;

export interface Moment {
  at: number;
  // Not shown by any clock that day (it skips them), or shown twice; the first of two is `at`.
  is: "plain" | "skipped" | "twice";
}

// The moment at which clocks of the zone show this. A time that they skip is the moment at which
// they skip, as the server's rotations have it.
export function momentOf(wall: Wall, zone: string): Moment {
  const before = offsetOf(wall - day, zone);
  const after = offsetOf(wall + day, zone);
  const fits = [wall - before, wall - after]
    .filter((at) => wallOf(at, zone) === wall)
    .sort((a, b) => a - b);
  const [first] = fits;
  if (first !== undefined) {
    return { at: first, is: fits.some((at) => at !== first) ? "twice" : "plain" };
  }
  return {
    at: changeBetween(wall - Math.max(before, after), wall - Math.min(before, after), zone),
    is: "skipped",
  };
}

// The moment within (from, until] at which the offset changes, to the second.
function changeBetween(from: number, until: number, zone: string): number {
  const old = offsetOf(from, zone);
  let low = from;
  let high = until;
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetOf(middle, zone) === old) low = middle;
    else high = middle;
  }
  return high;
}

export const floorDay = (wall: Wall): Wall => Math.floor(wall / day) * day;

// Midnight that began the day of `at`, or the first moment of a day without midnight.
export const dayStart = (at: number, zone: string): number =>
  momentOf(floorDay(wallOf(at, zone)), zone).at;

// The begin of the n-th day after that of the wall day.
export const plusDays = (wall: Wall, days: number): Wall => floorDay(wall) + days * day;

// Monday is 0.
export const weekday = (wall: Wall): number => (Math.floor(wall / day) + 3) % 7;

// "2026-11-26"
export const dateText = (wall: Wall): string => new Date(wall).toISOString().slice(0, 10);

export function parseDate(text: string | undefined): Wall | null {
  if (!text || !/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const wall = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(wall) || dateText(wall) !== text ? null : wall;
}

// What a field of type datetime-local has.
export const fieldText = (at: number, zone: string): string =>
  new Date(wallOf(at, zone)).toISOString().slice(0, 16);

export function parseField(text: string, zone: string): Moment | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text)) return null;
  const wall = Date.parse(`${text}Z`);
  return Number.isNaN(wall) ? null : momentOf(wall, zone);
}

export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function isZone(name: string): boolean {
  try {
    formatterOf(name);
    return true;
  } catch {
    return false;
  }
}
