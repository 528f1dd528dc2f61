// From counts to what a chart draws. A slot without data stays a gap: it is not zero.
import type { Chart } from "../api/types";

type Counts = (number | null)[];

export function failedShare(chart: Pick<Chart, "bad" | "total">): Counts {
  return chart.total.map((total, i) => {
    if (total === null || total === undefined || total === 0) return null;
    return (chart.bad[i] ?? 0) / total;
  });
}

export function perSecond(counts: Counts, stepSeconds: number): Counts {
  return counts.map((count) => (count === null || stepSeconds <= 0 ? null : count / stepSeconds));
}

export interface Row {
  at: number;
  bad: number | null;
  total: number | null;
}

// At most `most` rows, each the sum of neighbouring slots; null where no slot had data.
export function tableRows(chart: Pick<Chart, "at" | "bad" | "total">, most: number): Row[] {
  const size = Math.max(1, Math.ceil(chart.at.length / most));
  const rows: Row[] = [];
  for (let from = 0; from < chart.at.length; from += size) {
    const to = Math.min(from + size, chart.at.length);
    rows.push({
      at: chart.at[from] ?? 0,
      bad: sum(chart.bad, from, to),
      total: sum(chart.total, from, to),
    });
  }
  return rows;
}

function sum(counts: Counts, from: number, to: number): number | null {
  let total: number | null = null;
  for (let i = from; i < to; i++) {
    const count = counts[i];
    if (count !== null && count !== undefined) total = (total ?? 0) + count;
  }
  return total;
}
