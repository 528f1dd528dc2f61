import type { Status } from "../../api/types";
import { useNow } from "../../live/live";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { countText, plural } from "../../words/numbers";
import { freshnessOf } from "./freshness";

export function TroublePanel({ trouble }: { trouble: string[] }) {
  return (
    <Panel
      title="For the operators of Tocsin"
      aside={plural(trouble.length, "thing to mend", "things to mend")}
    >
      <ul className="grid gap-2">
        {trouble.map((text) => (
          <li key={text} className="flex items-start gap-3">
            <Badge tone="warning" word="MEND" />
            <span className="wrap-anywhere">{text}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

// When data last came and from where: an empty list must not look healthy by itself.
export function WatchStrip({ status, withAge }: { status: Status; withAge: boolean }) {
  const now = useNow();
  const late = freshnessOf(status, now) !== "fresh";
  const up = status.sources.filter((source) => source.state === "up").length;
  return (
    <section aria-label="What comes in" className="px-1 text-sm text-muted">
      <p className="flex flex-wrap gap-x-5 gap-y-1">
        {withAge && (
          <span className={late ? "font-semibold text-text" : ""}>
            Last data <TimeText at={status.ingest.last_sample_at} />
          </span>
        )}
        <span>
          {countText(status.ingest.series)} of {countText(status.ingest.series_limit)} series
        </span>
        {status.sources.length > 0 && (
          <span>
            {up} of {plural(status.sources.length, "source")} up
          </span>
        )}
        <span>
          Tocsin {status.version}, running since <TimeText at={status.started_at} />
        </span>
      </p>
    </section>
  );
}
