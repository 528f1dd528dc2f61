import type { Status } from "../../api/types";
import { parseTime } from "../../time/format";

// Silence of the input is not calm. Scrapes come every few seconds, remote write at worst every
// minute: after two minutes of nothing we do not know how users are.
const lateAfter = 120_000;

export type Freshness = "fresh" | "late" | "never";

export function freshnessOf(status: Status, now: number): Freshness {
  const last = parseTime(status.ingest.last_sample_at);
  if (last === null) return "never";
  return now - last > lateAfter ? "late" : "fresh";
}
