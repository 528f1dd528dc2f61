import { Link } from "@tanstack/react-router";
import type { Incident } from "../../api/types";
import { Elapsed, TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { useServiceName } from "../../words/people";
import { severityMark, stateWord } from "../../words/severity";
import { AcknowledgeButton } from "../incident/AcknowledgeButton";
import { WhoHasIt } from "../incident/WhoHasIt";

// What users lose, who has it, since when: readable by somebody who was just woken.
export function IncidentCard({ incident }: { incident: Incident }) {
  const mark = severityMark(incident.severity);
  const serviceName = useServiceName();
  const since = incident.times.impact_started ?? incident.opened_at;
  return (
    <article
      className="severity-edge panel row-focus grid gap-3 p-4 sm:grid-cols-[1fr_auto] sm:items-center"
      data-tone={mark.tone}
      data-incident={incident.id}
      aria-labelledby={`incident-${incident.number}`}
    >
      <div className="grid min-w-0 gap-1.5">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <Badge {...mark} outlined={incident.who_has_it !== null} />
          <span>{stateWord(incident.state)}</span>
          <span className="text-muted">{serviceName(incident.service)}</span>
        </div>
        <h2 id={`incident-${incident.number}`} className="text-lg leading-snug font-semibold">
          <Link
            to="/incidents/$id"
            params={{ id: String(incident.number) }}
            data-row=""
            className="text-text underline decoration-line-strong hover:decoration-2"
          >
            <span className="text-muted">#{incident.number}</span> {incident.title}
          </Link>
        </h2>
        <p>{incident.impact}</p>
        <div className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
          <WhoHasIt incident={incident} />
          <span>
            Users hurt for{" "}
            <strong>
              <Elapsed since={since} />
            </strong>
            , since <TimeText at={since} show="absolute" />
          </span>
        </div>
      </div>
      <AcknowledgeButton incident={incident} />
    </article>
  );
}
