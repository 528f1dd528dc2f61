import type { Incident } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, durationText, parseTime, utcText, zoneName } from "../../time/format";
import { Panel } from "../../ui/Panel";

type Times = Incident["times"];

const steps: { key: keyof Times; says: string }[] = [
  { key: "impact_started", says: "Impact began" },
  { key: "detected", says: "Detected" },
  { key: "declared", says: "Declared" },
  { key: "paged", says: "First one told" },
  { key: "acknowledged", says: "Acknowledged" },
  { key: "mitigated", says: "Mitigated" },
  { key: "resolved", says: "Resolved" },
];

// Each step with how long after the start of the impact it came.
export function TimesPanel({ times }: { times: Times }) {
  const now = useNow();
  const start = parseTime(times.impact_started) ?? parseTime(times.detected);
  return (
    <Panel title="Times" aside={zoneName(now)}>
      <dl className="grid grid-cols-[1fr_auto_auto] gap-x-3 gap-y-1 text-sm">
        {steps.map(({ key, says }) => {
          const at = parseTime(times[key]);
          return (
            <div key={key} className="contents">
              <dt className="text-muted">{says}</dt>
              <dd className="text-right">
                {at === null ? (
                  <span className="text-muted">not yet</span>
                ) : (
                  <time dateTime={times[key] ?? ""} title={utcText(at)}>
                    {absoluteText(at, now, { nameZone: false })}
                  </time>
                )}
              </dd>
              <dd className="text-right text-muted">
                {at !== null && start !== null && at > start ? `+${durationText(at - start)}` : ""}
              </dd>
            </div>
          );
        })}
      </dl>
    </Panel>
  );
}
