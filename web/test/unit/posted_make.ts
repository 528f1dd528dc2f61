import type { Labels, PostedAlert } from "../../src/api/types";

const begin = Date.parse("2026-01-05T12:00:00.000Z");
const at = (minute: number) => new Date(begin + minute * 60_000).toISOString();

export function posted(labels: Labels, more: Partial<PostedAlert> = {}): PostedAlert {
  return {
    fingerprint: JSON.stringify(labels),
    labels,
    annotations: {},
    starts_at: at(0),
    ends_at: null,
    updated_at: at(0),
    generator_url: "",
    state: "firing",
    suppressed_by: [],
    suppressed_since: null,
    receivers: [],
    service: null,
    team: null,
    ...more,
  };
}
export const startsAt = (minute: number): Partial<PostedAlert> => ({ starts_at: at(minute) });
