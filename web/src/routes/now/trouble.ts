import type { Status } from "../../api/types";
import { parseTime } from "../../time/format";

// What the operators of Tocsin should mend: what the server says, and the sources that are down
// where the server did not already name them.
export function troubleOf(status: Status): string[] {
  const trouble = [...status.trouble];
  for (const source of status.sources) {
    if (source.state !== "down" || trouble.some((text) => text.includes(source.name))) continue;
    const why = source.last_error ? `: ${source.last_error}` : "";
    trouble.push(`The ${source.kind} source ${source.name} is down${why}`);
  }
  return trouble;
}

// Silence of the input is not calm. Scrapes come every few seconds, remote write at worst every
// minute: after two minutes of nothing we do not know how users are.
const lateAfter = 120_000;

export type Freshness = "fresh" | "late" | "never";

export function freshnessOf(status: Status, now: number): Freshness {
  const last = parseTime(status.ingest.last_sample_at);
  if (last === null) return "never";
  return now - last > lateAfter ? "late" : "fresh";
}
