import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { memo, useRef, useState } from "react";
import { objectivesQuery } from "../../api/queries";
import type { Objective } from "../../api/types";
import { moveFocus, useKey } from "../../keys/useKeys";
import { objectiveStates } from "../../router";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { plural, targetText } from "../../words/numbers";
import { useServiceName } from "../../words/people";
import { objectiveMark, worstFirst } from "../../words/severity";
import {
  BudgetBar,
  burnText,
  ErrorRatio,
  leftEventsText,
  nearestTier,
  nearnessText,
} from "./parts";

const pageSize = 200;
// One grid for the head and the rows; below its width each row becomes a card.
const columns =
  "lg:grid lg:grid-cols-[7.5rem_minmax(12rem,1fr)_16rem_4rem_9rem_8.5rem] lg:items-center lg:gap-x-4";

export function Objectives() {
  const query = useQuery(objectivesQuery);
  const search = useSearch({ from: "/signed-in/objectives" });
  const navigate = useNavigate({ from: "/objectives" });
  const list = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(pageSize);

  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  useKey("filter", () => filter.current?.focus());

  const text = (search.q ?? "").toLowerCase();
  const matches = (one: Objective) =>
    (!search.state || one.state === search.state) &&
    (text === "" || `${one.name} ${one.display_name} ${one.service}`.toLowerCase().includes(text));

  return (
    <div className="grid grid-cols-1 gap-4" ref={list}>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <h1 className="mr-auto text-2xl font-semibold">Objectives</h1>
        <label className="grid gap-1 text-sm max-sm:w-full">
          <span className="sr-only">Filter by name or service</span>
          <input
            ref={filter}
            className="field sm:w-64"
            type="search"
            placeholder="Name or service"
            value={search.q ?? ""}
            onChange={(event) => {
              const q = event.target.value;
              void navigate({ search: { ...search, q }, replace: true });
            }}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
        </label>
        <label className="text-sm max-sm:w-full">
          <span className="sr-only">State</span>
          <select
            className="field"
            value={search.state ?? ""}
            onChange={(event) => {
              const state = objectiveStates.find((name) => name === event.target.value);
              void navigate({ search: { ...search, state }, replace: true });
            }}
          >
            <option value="">All states</option>
            {objectiveStates.map((state) => (
              <option key={state} value={state}>
                {objectiveMark(state).word.toLowerCase()}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Fetched query={query} what="the objectives">
        {({ objectives }) => {
          const found = objectives.filter(matches).sort(worstFirst);
          return (
            <section className="panel" aria-label="Objectives, worst first">
              <p className="px-4 pt-3 pb-2 text-sm text-muted" role="status">
                {found.length === objectives.length
                  ? `${plural(objectives.length, "objective")}, worst first`
                  : `${found.length} of ${plural(objectives.length, "objective")}, worst first`}
              </p>
              <div
                className={`hidden border-t border-line px-4 py-1.5 text-sm font-semibold text-muted ${columns}`}
                aria-hidden="true"
              >
                <span>State</span>
                <span>Objective</span>
                <span>Error budget</span>
                <span>Burn</span>
                <span>Failed in 5 min</span>
                <span>Nearest tier</span>
              </div>
              <ul>
                {found.slice(0, shown).map((objective) => (
                  <ObjectiveRow key={objective.name} objective={objective} />
                ))}
              </ul>
              {found.length === 0 && (
                <p className="border-t border-line p-4">No objective fits this filter.</p>
              )}
              {found.length > shown && (
                <p className="border-t border-line p-3">
                  <button
                    type="button"
                    className="button"
                    onClick={() => setShown(shown + pageSize)}
                  >
                    Show {Math.min(pageSize, found.length - shown)} more
                  </button>
                </p>
              )}
            </section>
          );
        }}
      </Fetched>
    </div>
  );
}

// A label for the card and for screen readers; the head says it on a wide screen.
function Labelled({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-x-2 text-sm lg:block">
      <span className="w-28 flex-none text-muted lg:sr-only">{label}</span>
      <span className="min-w-0 flex-1">{children}</span>
    </div>
  );
}

const ObjectiveRow = memo(function ObjectiveRow({ objective }: { objective: Objective }) {
  const serviceName = useServiceName();
  const nearest = nearestTier(objective);
  return (
    <li className={`row-focus grid gap-1.5 border-t border-line px-4 py-2.5 ${columns}`}>
      <div>
        <Badge {...objectiveMark(objective.state)} />
      </div>
      <div>
        <Link
          to="/objectives/$name"
          params={{ name: objective.name }}
          data-row=""
          className="font-medium text-text underline decoration-line-strong hover:decoration-2"
        >
          {objective.display_name}
        </Link>
        <span className="block text-sm text-muted">
          {serviceName(objective.service)} · {targetText(objective.target)} over {objective.window}
        </span>
      </div>
      <div>
        <BudgetBar objective={objective} wide />
        <span className="block text-sm text-muted">{leftEventsText(objective)}</span>
      </div>
      <Labelled label="Burn">{burnText(objective.budget.burn_now)}</Labelled>
      <Labelled label="Failed in 5 min">
        <ErrorRatio objective={objective} />
      </Labelled>
      <Labelled label="Nearest tier">
        {nearest ? (
          <>
            <span className="whitespace-nowrap">{nearest.name}</span>{" "}
            <span className="block text-muted max-lg:inline">{nearnessText(nearest)}</span>
          </>
        ) : (
          "none"
        )}
      </Labelled>
    </li>
  );
});
