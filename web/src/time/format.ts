// Times as people read them: in the browser's zone with the zone named, and relative beside it.
// Pure functions: the present is an argument.
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

// "45 s", "3 min 10 s", "2 h 5 min", "3 d 4 h": two units at most, and one from ten minutes on
// where the second says little.
export function durationText(ms: number): string {
  const rest = Math.max(0, Math.round(ms / second) * second);
  if (rest < minute) return `${rest / second} s`;
  if (rest < hour) {
    const minutes = Math.floor(rest / minute);
    const seconds = (rest % minute) / second;
    return minutes >= 10 || seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
  }
  if (rest < day) {
    const hours = Math.floor(rest / hour);
    const minutes = Math.floor((rest % hour) / minute);
    return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  }
  const days = Math.floor(rest / day);
  const hours = Math.floor((rest % day) / hour);
  return hours === 0 || days >= 10 ? `${days} d` : `${days} d ${hours} h`;
}

export function relativeText(at: number, now: number): string {
  const past = now - at;
  if (Math.abs(past) < 1500) return "just now";
  return past >= 0 ? `${durationText(past)} ago` : `in ${durationText(-past)}`;
}

// Making a formatter costs a hundred times what using it does.
const formatters = new Map<string, Intl.DateTimeFormat>();

export function formatter(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let made = formatters.get(key);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, options);
    formatters.set(key, made);
  }
  return made;
}

export interface AbsoluteOptions {
  zone?: string; // an IANA name; the browser's own if absent
  nameZone?: boolean;
}

// "22:04:31 CET" today, "21 Nov 22:04 CET" on another day, with the year when it is another one.
export function absoluteText(at: number, now: number, options: AbsoluteOptions = {}): string {
  const date = new Date(at);
  const zone = options.zone === undefined ? {} : { timeZone: options.zone };
  const named = options.nameZone === false ? "" : ` ${zoneName(at, options.zone)}`;
  const dayOf = (ms: number) => formatter("en-CA", zone).format(ms);
  const here = dayOf(at);
  const today = dayOf(now);
  if (here === today) {
    const time = formatter("en-GB", { ...zone, timeStyle: "medium" }).format(date);
    return time + named;
  }
  const parts: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
  if (here.slice(0, 4) !== today.slice(0, 4)) parts.year = "numeric";
  const dayText = formatter("en-GB", { ...zone, ...parts }).format(date);
  const time = formatter("en-GB", { ...zone, timeStyle: "short" }).format(date);
  return `${dayText} ${time}${named}`;
}

// "UTC", "CET", "GMT+5:30": as short as the zone has it.
export function zoneName(at: number, zone?: string): string {
  const options: Intl.DateTimeFormatOptions = { timeZoneName: "short" };
  if (zone !== undefined) options.timeZone = zone;
  const parts = formatter("en-GB", options).formatToParts(at);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

// For a title: the same moment in UTC, as the server writes it.
export function utcText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

export function parseTime(text: string | null | undefined): number | null {
  if (!text) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
