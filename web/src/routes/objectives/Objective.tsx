import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { chartQuery, objectiveQuery } from "../../api/queries";
import type { Objective } from "../../api/types";
import { type ChartWindow, chartWindows } from "../../router";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { countText, percentText, targetText } from "../../words/numbers";
import { useService, useTeamName } from "../../words/people";
import { objectiveMark } from "../../words/severity";
import {
  BudgetMeter,
  burnText,
  ErrorRatio,
  exhaustionText,
  leftEventsText,
  leftText,
} from "./parts";
import { Tiers } from "./Tiers";

const Charts = lazy(() => import("../../charts/ObjectiveCharts"));

export function ObjectiveScreen() {
  const { name } = useParams({ from: "/signed-in/objectives/$name" });
  const query = useQuery(objectiveQuery(name));
  return (
    <div className="grid grid-cols-1 gap-4">
      <Fetched query={query} what={`the objective ${name}`}>
        {(objective) => (
          <>
            <Head objective={objective} />
            <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_25rem] lg:grid-rows-[auto_1fr]">
              <BudgetPanel objective={objective} />
              <div className="lg:col-start-2 lg:row-span-2 lg:row-start-1">
                <Tiers tiers={objective.tiers} />
              </div>
              <ChartPanel objective={objective} />
            </div>
          </>
        )}
      </Fetched>
    </div>
  );
}

function Head({ objective }: { objective: Objective }) {
  const service = useService(objective.service);
  const teamName = useTeamName();
  return (
    <header className="grid gap-1.5">
      <p className="text-sm">
        <Link to="/objectives">Objectives</Link>
      </p>
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="text-2xl font-semibold">{objective.display_name}</h1>
        <Badge {...objectiveMark(objective.state)} />
      </div>
      {objective.description && <p>{objective.description}</p>}
      <p className="links text-sm text-muted">
        <span>
          {targetText(objective.target)} good over {objective.window}
        </span>
        <span>
          Service {service?.name || objective.service}
          {service && `, team ${teamName(service.team)}`}
        </span>
        {service?.runbook && (
          <a href={service.runbook} rel="noreferrer">
            Runbook
          </a>
        )}
        {service?.dashboards.map((dashboard) => (
          <a key={dashboard.url} href={dashboard.url} rel="noreferrer">
            {dashboard.name}
          </a>
        ))}
        <span>
          Last data: <TimeText at={objective.last_sample_at} />
        </span>
      </p>
    </header>
  );
}

function BudgetPanel({ objective }: { objective: Objective }) {
  const { budget } = objective;
  const noData = objective.state === "no_data";
  return (
    <Panel
      title="Error budget"
      aside={
        budget.period_start && (
          <>
            since <TimeText at={budget.period_start} show="absolute" />
          </>
        )
      }
    >
      <div className="grid gap-3">
        <div>
          <p className="mb-1 text-2xl font-semibold" id="budget-left">
            {leftText(objective)}
          </p>
          <BudgetMeter objective={objective} />
        </div>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
          {budget.left !== null && (
            <>
              <dt className="text-muted">Events</dt>
              <dd>{leftEventsText(objective)}</dd>
            </>
          )}
          <dt className="text-muted">Bad so far</dt>
          <dd>
            {countText(budget.bad)} of {countText(budget.total)}
            {budget.total > 0 && (
              <span className="text-muted"> ({percentText(budget.bad / budget.total)})</span>
            )}
          </dd>
          <dt className="text-muted">Burn now</dt>
          <dd>
            {noData ? (
              "unknown: no data"
            ) : (
              <>
                {burnText(budget.burn_now)}{" "}
                <span className="text-muted">over the last hour. {exhaustionText(objective)}.</span>
              </>
            )}
          </dd>
          <dt className="text-muted">Failed in 5 min</dt>
          <dd>
            <ErrorRatio objective={objective} />
          </dd>
        </dl>
      </div>
    </Panel>
  );
}

function ChartPanel({ objective }: { objective: Objective }) {
  const search = useSearch({ from: "/signed-in/objectives/$name" });
  const navigate = useNavigate({ from: "/objectives/$name" });
  const window: ChartWindow = search.window ?? "1h";
  const chart = useQuery(chartQuery(objective.name, window));
  const chooser = (
    <fieldset className="flex gap-1">
      <legend className="sr-only">Window</legend>
      {chartWindows.map((name) => (
        <button
          key={name}
          type="button"
          className="button min-h-8 px-2.5 py-0 text-sm"
          data-kind={name === window ? "primary" : undefined}
          aria-pressed={name === window}
          onClick={() => void navigate({ search: { window: name }, replace: true })}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
  return (
    <Panel title="Over time" aside={chooser}>
      <Fetched query={chart} what="the chart">
        {(data) => (
          <Suspense fallback={<p className="text-muted">Drawing…</p>}>
            <Charts chart={data} target={objective.target} window={window} />
          </Suspense>
        )}
      </Fetched>
    </Panel>
  );
}
