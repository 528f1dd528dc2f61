// Turns laid out on a calendar: strips of whole days of a zone, in which a moment's place is its
// share of the strip. A day on which clocks are set is as wide as it is long.
import type { Turn } from "../api/oncall";
import { dateText, floorDay, momentOf, plusDays, type Wall, wallOf, weekday } from "./zone";

const hour = 3_600_000;

export interface Day {
  begin: number;
  end: number;
  wall: Wall; // midnight
  key: string; // "2026-11-26"
  hours: number; // 24, or another number on a day on which clocks are set
}

export interface Strip {
  begin: number;
  end: number;
  days: Day[];
}

export interface Piece {
  turn: Turn;
  index: number; // of the turn in what was laid out
  left: number; // shares of the strip's width, 0 to 1
  width: number;
  // The turn goes on beyond this edge.
  comesFrom: boolean;
  goesOn: boolean;
}

export function stripOf(first: Wall, count: number, zone: string): Strip {
  const days: Day[] = [];
  for (let i = 0; i < count; i++) {
    const wall = plusDays(first, i);
    const begin = momentOf(wall, zone).at;
    const end = momentOf(plusDays(first, i + 1), zone).at;
    days.push({ begin, end, wall, key: dateText(wall), hours: (end - begin) / hour });
  }
  const begin = days[0]?.begin ?? 0;
  return { begin, end: days.at(-1)?.end ?? begin, days };
}

// From the Monday on or before.
export function weekOf(day: Wall, zone: string): Strip {
  return stripOf(plusDays(day, -weekday(day)), 7, zone);
}

// The weeks, from Monday, that touch the month.
export function monthOf(day: Wall, zone: string): Strip[] {
  const date = new Date(floorDay(day));
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  const strips: Strip[] = [];
  for (let monday = plusDays(first, -weekday(first)); monday < next; monday = plusDays(monday, 7)) {
    strips.push(stripOf(monday, 7, zone));
  }
  return strips;
}

// The same day of the month before or after, at most its last one.
export function plusMonths(day: Wall, months: number): Wall {
  const date = new Date(floorDay(day));
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth() + months;
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last));
}

export function shareOf(at: number, { begin, end }: { begin: number; end: number }): number {
  if (end <= begin) return 0;
  return Math.min(1, Math.max(0, (at - begin) / (end - begin)));
}

// For the eye: neighbours that differ only in who looks on are one.
export function joinTurns(turns: readonly Turn[]): Turn[] {
  const all: Turn[] = [];
  for (const turn of turns) {
    const last = all.at(-1);
    const same =
      last &&
      last.end === turn.begin &&
      JSON.stringify([last.people, last.why]) === JSON.stringify([turn.people, turn.why]);
    if (same) {
      const shadows = [...new Set([...last.shadows, ...turn.shadows])];
      all[all.length - 1] = { ...last, end: turn.end, shadows };
    } else {
      all.push(turn);
    }
  }
  return all;
}

export function layOut(turns: readonly Turn[], strip: { begin: number; end: number }): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, turn] of turns.entries()) {
    const begin = Date.parse(turn.begin);
    const end = Date.parse(turn.end);
    if (end <= strip.begin || begin >= strip.end) continue;
    const left = shareOf(begin, strip);
    pieces.push({
      turn,
      index,
      left,
      width: shareOf(end, strip) - left,
      comesFrom: begin < strip.begin,
      goesOn: end > strip.end,
    });
  }
  return pieces;
}

// The moment at a share of the strip, on a step of the zone's clock: a drag snaps to what people
// would say, also in zones that are off by half an hour and after clocks were set.
export function snapped(share: number, strip: Strip, stepMinutes: number, zone: string): number {
  const at = strip.begin + Math.min(1, Math.max(0, share)) * (strip.end - strip.begin);
  const step = stepMinutes * 60_000;
  const wall = Math.round(wallOf(at, zone) / step) * step;
  const moment = momentOf(wall, zone);
  // Of a time that clocks show twice the nearer one is meant.
  const other = moment.at + hour;
  const isOther =
    moment.is === "twice" &&
    wallOf(other, zone) === wall &&
    Math.abs(other - at) < Math.abs(moment.at - at);
  return Math.min(strip.end, Math.max(strip.begin, isOther ? other : moment.at));
}

// Turns that touch [begin, end), cut to it, neighbours of the same people joined.
export function within(turns: readonly Turn[], begin: number, end: number) {
  const cut: { people: string[]; begin: number; end: number }[] = [];
  for (const turn of turns) {
    const from = Math.max(begin, Date.parse(turn.begin));
    const until = Math.min(end, Date.parse(turn.end));
    if (from >= until) continue;
    const last = cut.at(-1);
    if (last && last.end === from && last.people.join() === turn.people.join()) last.end = until;
    else cut.push({ people: turn.people, begin: from, end: until });
  }
  return cut;
}

// The days of the strip on which clocks are set, with what they do.
export function clockChanges(strip: Strip): { key: string; says: string }[] {
  return strip.days
    .filter((day) => day.hours !== 24)
    .map((day) => {
      const by = Math.abs(day.hours - 24);
      const much = by === 1 ? "1 hour" : by < 1 ? `${by * 60} minutes` : `${by} hours`;
      return {
        key: day.key,
        says: day.hours < 24 ? `clocks go forward ${much}` : `clocks go back ${much}`,
      };
    });
}
