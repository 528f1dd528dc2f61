// What the calendar shows, from what the address says. Pure.
import { monthOf, plusMonths, type Strip, stripOf, weekOf } from "./grid";
import { plusDays, type Wall } from "./zone";

export const calendarViews = ["week", "month", "list"] as const;
export type CalendarView = (typeof calendarViews)[number];
export const isView = (text: string | undefined): text is CalendarView =>
  calendarViews.some((one) => one === text);

const listDays = 14;

export function stripsOf(view: CalendarView, day: Wall, zone: string): Strip[] {
  if (view === "month") return monthOf(day, zone);
  return [view === "week" ? weekOf(day, zone) : stripOf(day, listDays, zone)];
}

export function moved(view: CalendarView, day: Wall, by: 1 | -1): Wall {
  if (view === "month") return plusMonths(day, by);
  return plusDays(day, by * (view === "week" ? 7 : listDays));
}

// Walls are read as UTC: no zone is asked twice.
const text = (wall: Wall, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options }).format(wall);

export function titleOf(view: CalendarView, strips: readonly Strip[], day: Wall): string {
  if (view === "month") return text(day, { month: "long", year: "numeric" });
  const days = strips[0]?.days ?? [];
  const first = days[0]?.wall ?? day;
  const last = days.at(-1)?.wall ?? day;
  const year = (wall: Wall) => new Date(wall).getUTCFullYear();
  const month = (wall: Wall) => new Date(wall).getUTCMonth();
  const short = { day: "numeric", month: "short" } as const;
  const from =
    year(first) !== year(last)
      ? text(first, { ...short, year: "numeric" })
      : month(first) !== month(last)
        ? text(first, short)
        : text(first, { day: "numeric" });
  return `${from} to ${text(last, { ...short, year: "numeric" })}`;
}

export interface Span {
  begin: number;
  end: number;
}

// "BEGIN/END" of an address.
export function spanOfSearch(said: string | undefined): Span | null {
  const [begin, end, more] = (said ?? "").split("/").map((part) => Date.parse(part));
  if (begin === undefined || end === undefined || more !== undefined || !(begin < end)) return null;
  return { begin, end };
}

export const searchOfSpan = ({ begin, end }: Span): string =>
  `${new Date(begin).toISOString()}/${new Date(end).toISOString()}`;

// From this minute on, when it has begun and is not over.
export function leftOf(span: Span, now: number): Span {
  const minute = Math.floor(now / 60_000) * 60_000;
  return span.begin < minute && minute < span.end ? { begin: minute, end: span.end } : span;
}
