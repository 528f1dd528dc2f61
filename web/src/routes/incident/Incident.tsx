import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useRef } from "react";
import { incidentQuery } from "../../api/queries";
import type { Incident, IncidentDetail } from "../../api/types";
import { useKey } from "../../keys/useKeys";
import { Elapsed, TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { useService, useTeamName } from "../../words/people";
import { isOver, severityMark, stateWord } from "../../words/severity";
import { AcknowledgeButton, canAcknowledge } from "./AcknowledgeButton";
import { Alerts } from "./Alerts";
import { useAcknowledge } from "./acknowledge";
import { EscalationPanel } from "./EscalationPanel";
import { MoveForm } from "./MoveForm";
import { NoteForm } from "./NoteForm";
import { Timeline } from "./Timeline";
import { TimesPanel } from "./TimesPanel";
import { WhoHasIt } from "./WhoHasIt";

export function IncidentScreen() {
  const { id } = useParams({ from: "/signed-in/incidents/$id" });
  const query = useQuery(incidentQuery(id));
  return (
    <Fetched query={query} what={`incident ${id}`}>
      {(detail) => <Whole detail={detail} />}
    </Fetched>
  );
}

function Whole({ detail }: { detail: IncidentDetail }) {
  const { incident, alerts, escalation, timeline } = detail;
  const acknowledge = useAcknowledge();
  const note = useRef<HTMLTextAreaElement>(null);
  useKey("acknowledge", () => {
    if (canAcknowledge(incident)) acknowledge.mutate(incident);
    else announce("There is nothing to acknowledge");
  });
  useKey("note", () => note.current?.focus());
  return (
    <div className="grid grid-cols-1 gap-4">
      <Head incident={incident} />
      {/* On a phone in this order; on a wide screen the timeline stands beside the rest. */}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] lg:grid-rows-[auto_auto_auto_1fr]">
        <EscalationPanel escalation={escalation} incident={incident} />
        <Alerts alerts={alerts} />
        <div className="min-w-0 lg:col-start-1 lg:row-span-4 lg:row-start-1">
          <Panel title="Timeline" flush>
            <NoteForm incident={incident} field={note} />
            <Timeline entries={timeline} />
          </Panel>
        </div>
        <TimesPanel times={incident.times} />
        <MoveForm key={`${incident.state}/${incident.severity}`} incident={incident} />
      </div>
    </div>
  );
}

function Head({ incident }: { incident: Incident }) {
  const service = useService(incident.service);
  const teamName = useTeamName();
  const mark = severityMark(incident.severity);
  const over = isOver(incident.state);
  const since = incident.times.impact_started ?? incident.opened_at;
  return (
    <header
      className="severity-edge panel grid gap-3 p-4 sm:grid-cols-[1fr_auto] sm:items-center"
      data-tone={over ? "ok" : mark.tone}
    >
      <div className="grid min-w-0 gap-1.5">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
          <Link to="/">Now</Link>
          <Badge {...mark} outlined={over || incident.who_has_it !== null} />
          <strong id="incident-state">{stateWord(incident.state)}</strong>
        </p>
        <h1 className="text-xl leading-snug font-semibold sm:text-2xl">
          <span className="text-muted">#{incident.number}</span> {incident.title}
        </h1>
        <p className="text-lg">{incident.impact}</p>
        <p className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
          <WhoHasIt incident={incident} />
          <span>
            {over ? "Users were hurt for " : "Users hurt for "}
            <strong>
              <Elapsed
                since={since}
                until={over ? (incident.times.resolved ?? incident.updated_at) : null}
              />
            </strong>
            , since <TimeText at={since} show="absolute" />
          </span>
        </p>
        <p className="links text-sm text-muted">
          <span className="py-[0.2rem]">
            Service {service?.name || incident.service}, team {teamName(incident.team)}
          </span>
          {service?.runbook && (
            <a href={service.runbook} rel="noreferrer">
              Runbook
            </a>
          )}
          {incident.channel?.url && (
            <a href={incident.channel.url} rel="noreferrer">
              #{incident.channel.name}
            </a>
          )}
          {service?.dashboards.map((dashboard) => (
            <a key={dashboard.url} href={dashboard.url} rel="noreferrer">
              {dashboard.name}
            </a>
          ))}
        </p>
      </div>
      <AcknowledgeButton incident={incident} />
    </header>
  );
}
