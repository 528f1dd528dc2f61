import { Link } from "@tanstack/react-router";
import type { Alert, Incident, Objective } from "../../api/types";
import { useNow } from "../../live/live";
import { durationText, parseTime } from "../../time/format";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { alertMark, objectiveMark, severityMark, stateWord } from "../../words/severity";
import { BudgetBar, burnText } from "../objectives/parts";

const rowClass =
  "row-focus flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-2";
const linkClass =
  "min-w-0 flex-1 basis-52 text-text underline decoration-line-strong hover:decoration-2";

// Alerts that ring nobody: for working hours.
export function TicketsPanel({ alerts }: { alerts: Alert[] }) {
  return (
    <Panel title="Tickets" aside="They ring nobody" flush>
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id} className={rowClass}>
            <Badge {...alertMark(alert)} />
            <span className="min-w-0 flex-1 basis-52">
              {alert.labels.objective ? (
                <Link
                  to="/objectives/$name"
                  params={{ name: alert.labels.objective }}
                  data-row=""
                  className={linkClass}
                >
                  {alert.summary}
                </Link>
              ) : (
                alert.summary
              )}
              <span className="block text-sm text-muted">{alert.impact}</span>
            </span>
            <span className="text-sm">
              since <TimeText at={alert.started_at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function NoDataPanel({ objectives }: { objectives: Objective[] }) {
  return (
    <Panel title="No data" aside="Nobody knows whether these hold" flush>
      <ul>
        {objectives.map((objective) => (
          <li key={objective.name} className={rowClass}>
            <Badge {...objectiveMark("no_data")} />
            <ObjectiveLink objective={objective} />
            <span className="text-sm">
              Last data: <TimeText at={objective.last_sample_at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const shownBudgets = 5;

export function BudgetsPanel({ objectives }: { objectives: Objective[] }) {
  return (
    <Panel
      title="Error budgets, worst first"
      aside={<Link to="/objectives">All objectives</Link>}
      flush
    >
      <ul>
        {objectives.slice(0, shownBudgets).map((objective) => (
          <li key={objective.name} className={rowClass}>
            <ObjectiveLink objective={objective} />
            <span className="flex w-full items-center gap-3 sm:w-auto">
              <BudgetBar objective={objective} />
              <span className="w-24 flex-none text-sm text-muted max-sm:hidden">
                burns {burnText(objective.budget.burn_now)}
              </span>
            </span>
            <span className="flex w-28 justify-end max-sm:hidden">
              <Badge {...objectiveMark(objective.state)} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ObjectiveLink({ objective }: { objective: Objective }) {
  return (
    <Link
      to="/objectives/$name"
      params={{ name: objective.name }}
      data-row=""
      className={linkClass}
    >
      {objective.display_name}
    </Link>
  );
}

const dayMs = 24 * 3600 * 1000;
const shownRecent = 5;

// What is over since a day: who comes in the morning wants to know of the night.
export function RecentPanel({ incidents }: { incidents: Incident[] }) {
  const now = useNow();
  const nameOf = usePersonName();
  const ended = (one: Incident) => parseTime(one.times.resolved ?? one.updated_at) ?? 0;
  const recent = incidents.filter((one) => now - ended(one) < dayMs).slice(0, shownRecent);
  if (recent.length === 0) return null;
  return (
    <Panel title="Over in the last day" flush>
      <ul>
        {recent.map((incident) => {
          const began = parseTime(incident.times.impact_started ?? incident.opened_at) ?? 0;
          return (
            <li key={incident.id} className={rowClass}>
              <Badge {...severityMark(incident.severity)} outlined />
              <Link
                to="/incidents/$id"
                params={{ id: String(incident.number) }}
                data-row=""
                className={linkClass}
              >
                <span className="text-muted">#{incident.number}</span> {incident.title}
              </Link>
              <span className="text-sm">
                {stateWord(incident.state)}{" "}
                <TimeText at={incident.times.resolved ?? incident.updated_at} show="relative" />
                <span className="text-muted">
                  {" "}
                  after {durationText(ended(incident) - began)}
                  {incident.who_has_it && `, by ${nameOf(incident.who_has_it)}`}
                </span>
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
