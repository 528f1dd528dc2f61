import type { Status } from "../../api/types";
import { useNow } from "../../live/live";
import { TimeText } from "../../time/TimeText";
import { Shape } from "../../ui/Badge";
import { plural } from "../../words/numbers";
import type { Tone } from "../../words/severity";
import { freshnessOf } from "./freshness";

interface Props {
  status: Status;
  services: number;
  tickets: number;
  noData: number;
  stale: boolean;
}

// No incident is open. It only says that all is well when that is known.
export function Calm({ status, services, tickets, noData, stale }: Props) {
  const now = useNow();
  const freshness = freshnessOf(status, now);
  const { tone, says } = verdict(freshness !== "fresh", stale, tickets, noData, status.objectives);
  const watched = status.objectives - status.objectives_no_data;
  return (
    <section
      aria-labelledby="calm"
      data-tone={tone}
      className={`panel flex items-start gap-4 p-5 sm:p-6 ${tone === "ok" ? "bg-tint-ok" : ""}`}
    >
      <span className="mt-1 w-8 flex-none text-(--tone) sm:w-10">
        <Shape tone={tone} />
      </span>
      <div className="grid gap-1.5">
        <h1 id="calm" className="text-2xl font-semibold">
          {says}
        </h1>
        <p>
          No incident is open. {plural(watched, "objective")} of {plural(services, "service")}{" "}
          {watched === 1 ? "is" : "are"} watched
          {noData > 0 && (
            <>
              , <strong>{noData} more without data</strong>
            </>
          )}
          .
        </p>
        <p className={freshness === "fresh" ? "text-muted" : "font-semibold"}>
          Last data: <TimeText at={status.ingest.last_sample_at} />
        </p>
      </div>
    </section>
  );
}

function verdict(
  noInput: boolean,
  stale: boolean,
  tickets: number,
  noData: number,
  objectives: number,
): { tone: Tone; says: string } {
  if (stale) return { tone: "unknown", says: "All was well when last seen" };
  if (objectives === 0) return { tone: "unknown", says: "Nothing is watched yet" };
  if (noInput) return { tone: "high", says: "No data arrives" };
  if (noData > 0) return { tone: "warning", says: "Nothing is known to be wrong" };
  if (tickets > 0) return { tone: "ok", says: "Nothing is urgent" };
  return { tone: "ok", says: "All is well" };
}
