// How even the load is, from what the server counted. Pure.
import type { PersonLoad } from "../api/oncall";

export interface Fairness {
  mean: number;
  most: { person: string; value: number } | null;
  // How many times the mean the busiest has; null when there is nothing to compare.
  times: number | null;
}

export function fairnessOf(
  people: readonly PersonLoad[],
  of: (one: PersonLoad) => number,
): Fairness {
  const sum = people.reduce((total, one) => total + of(one), 0);
  const mean = people.length > 0 ? sum / people.length : 0;
  let most: Fairness["most"] = null;
  for (const one of people) {
    if (of(one) > (most?.value ?? 0)) most = { person: one.person, value: of(one) };
  }
  return { mean, most, times: mean > 0 && most && people.length > 1 ? most.value / mean : null };
}

// A night costs more than an afternoon: sleep first, then free time, then all.
export function hardestFirst(a: PersonLoad, b: PersonLoad): number {
  return (
    b.sleeping - a.sleeping ||
    b.free - a.free ||
    b.pages - a.pages ||
    b.shift_seconds - a.shift_seconds ||
    a.person.localeCompare(b.person)
  );
}

export const isUneven = (fairness: Fairness): boolean =>
  fairness.times !== null && fairness.times >= 1.5;
