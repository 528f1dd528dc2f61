// A fixed plan as it is written by hand: rows of who and when. Pure.
import type { NewPlan } from "../api/oncall";
import type { Span } from "./view";
import { fieldText, parseField } from "./zone";

export interface Row {
  key: number; // of the form: rows come and go
  people: string[]; // one, or several together
  begin: string; // as the fields have them
  end: string;
}

export const rowOf = (key: number, people: string[], span: Span, zone: string): Row => ({
  key,
  people,
  begin: fieldText(span.begin, zone),
  end: fieldText(span.end, zone),
});

// The next row goes on where the last one ends, up to the plan's end.
export function nextRow(rows: readonly Row[], plan: Span, zone: string, person: string): Row {
  const key = Math.max(0, ...rows.map((row) => row.key)) + 1;
  const last = rows.at(-1);
  const end = last && parseField(last.end, zone)?.at;
  const begin = end !== undefined && end !== null && end < plan.end ? end : plan.begin;
  return rowOf(key, [person], { begin, end: plan.end }, zone);
}

export interface Fault {
  key: number;
  says: string;
}

export function faultsOf(rows: readonly Row[], plan: Span, zone: string): Fault[] {
  return rows.flatMap(({ key, people, begin, end }) => {
    const from = parseField(begin, zone);
    const until = parseField(end, zone);
    const says =
      !from || !until
        ? "The begin or the end is no time"
        : people.filter(Boolean).length === 0
          ? "Say who"
          : until.at <= from.at
            ? "It ends before it begins"
            : from.at < plan.begin || until.at > plan.end
              ? "It reaches beyond the plan"
              : null;
    return says === null ? [] : [{ key, says }];
  });
}

// Where the plan has nobody: nobody is rung then, for the layers do not count in its time.
export function gapsOf(rows: readonly Row[], plan: Span, zone: string): Span[] {
  const spans = rows
    .map(({ begin, end }) => ({
      begin: parseField(begin, zone)?.at ?? 0,
      end: parseField(end, zone)?.at ?? 0,
    }))
    .sort((a, b) => a.begin - b.begin);
  const gaps: Span[] = [];
  let covered = plan.begin;
  for (const { begin, end } of spans) {
    if (begin > covered) gaps.push({ begin: covered, end: Math.min(begin, plan.end) });
    covered = Math.max(covered, end);
  }
  if (covered < plan.end) gaps.push({ begin: covered, end: plan.end });
  return gaps.filter((gap) => gap.begin < gap.end);
}

export function planOf(rows: readonly Row[], plan: Span, zone: string, note: string): NewPlan {
  const iso = (at: number) => new Date(at).toISOString();
  return {
    begin: iso(plan.begin),
    end: iso(plan.end),
    note,
    shifts: rows.map(({ people, begin, end }) => ({
      people: [...new Set(people.filter(Boolean))],
      begin: iso(parseField(begin, zone)?.at ?? 0),
      end: iso(parseField(end, zone)?.at ?? 0),
    })),
  };
}
