import { useNow } from "../live/live";
import { absoluteText, durationText, parseTime, relativeText, utcText } from "./format";

interface Props {
  at: string | null | undefined;
  // Both beside each other unless one is asked for alone.
  show?: "both" | "relative" | "absolute";
  nameZone?: boolean;
}

export function TimeText({ at, show = "both", nameZone = true }: Props) {
  const now = useNow();
  const ms = parseTime(at);
  if (ms === null || !at) return <span>never</span>;
  const absolute = show === "relative" ? "" : absoluteText(ms, now, { nameZone });
  const relative = relativeText(ms, now);
  return (
    <time dateTime={at} title={utcText(ms)}>
      {show === "absolute" ? absolute : relative}
      {show === "both" && <span className="text-muted"> ({absolute})</span>}
    </time>
  );
}

// How long something has been so; counts on.
export function Elapsed({ since, until }: { since: string; until?: string | null }) {
  const now = useNow();
  const from = parseTime(since);
  if (from === null) return null;
  return <span>{durationText((parseTime(until) ?? now) - from)}</span>;
}
