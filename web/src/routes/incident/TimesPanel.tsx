import type { Incident } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, durationText, parseTime, utcText, zoneName } from "../../time/format";
import { Panel } from "../../ui/Panel";

type Times = Incident["times"];

const steps: { key: keyof Times; says: string }[] = [
  { key: "impact_started", says: "Impact began" },
  { key: "detected", says: "Detected" },
  { key: "paged", says: "First person told" },
  { key: "acknowledged", says: "Acknowledged" },
  { key: "declared", says: "Declared" },
  { key: "mitigated", says: "Mitigated" },
  { key: "resolved", says: "Resolved" },
];

// Each step with how long after the start of the impact it came.
export function TimesPanel({ times }: { times: Times }) {
  const now = useNow();
  const start = parseTime(times.impact_started) ?? parseTime(times.detected);
  return (
    <Panel title="Times" aside={zoneName(now)}>
      <dl className="grid grid-cols-[1fr_auto_4.5rem] gap-x-4 gap-y-1 text-sm">
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
