import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { countRoutes, readLabels } from "../../alerts/walk";
import { routesQuery, walkQuery } from "../../api/posted";
import { useKey } from "../../keys/useKeys";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { SubNav } from "../alerts/SubNav";
import { RouteTree } from "./RouteTree";
import { WalkResult } from "./WalkResult";

export function Routing() {
  const search = useSearch({ from: "/signed-in/routes" });
  const query = useQuery(routesQuery);
  const asked = useMemo(() => readLabels(search.labels ?? ""), [search.labels]);
  const isAsked = Object.keys(asked.labels).length > 0;
  const walk = useQuery({ ...walkQuery(asked.labels), enabled: isAsked });
  // A walk brings the tree again, with a mark at each route.
  const tree = (isAsked ? walk.data?.tree : undefined) ?? query.data;
  return (
    <div className="grid grid-cols-1 gap-4" data-alerts="">
      <SubNav at="Routes" />
      <LabelsForm key={search.labels ?? ""} inAddress={search.labels ?? ""} />
      {isAsked && (
        <Fetched query={walk} what="the way of this alert">
          {({ taken }) => <WalkResult taken={taken} />}
        </Fetched>
      )}
      <Fetched
        query={query}
        what="the routes"
        absent="There are no routes: the server was given no alertmanager.yml."
      >
        {(root) => (
          <Panel title="The routing tree" aside={plural(countRoutes(root), "route")} flush>
            <RouteTree root={tree ?? root} />
          </Panel>
        )}
      </Fetched>
    </div>
  );
}

// The alert that is walked: its labels, as `name=value`.
function LabelsForm({ inAddress }: { inAddress: string }) {
  const id = useId();
  const navigate = useNavigate({ from: "/routes" });
  const field = useRef<HTMLInputElement>(null);
  const [line, setLine] = useState(inAddress);
  const [wasTried, setTried] = useState(inAddress !== "");
  const { faults, labels } = readLabels(line);
  const says = wasTried ? faults : [];
  useKey("filter", () => field.current?.focus());
  useEffect(() => {
    if (inAddress === "") field.current?.focus({ preventScroll: true });
  }, [inAddress]);
  const submit = () => {
    setTried(true);
    if (faults.length > 0 && Object.keys(labels).length === 0) return;
    void navigate({ search: { labels: line.trim() } });
  };
  return (
    <form
      className="grid gap-1"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id} className="text-sm font-medium">
        Walk an alert with these labels through the routes
      </label>
      <div className="flex flex-wrap gap-2">
        <input
          ref={field}
          id={id}
          className="field min-w-0 flex-1 basis-64 font-mono text-sm"
          placeholder="alertname=HighErrorRate service=checkout severity=page"
          value={line}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          aria-invalid={says.length > 0}
          aria-describedby={says.length > 0 ? `${id}-faults` : undefined}
          onChange={(event) => setLine(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
        <button type="submit" className="button" data-kind="primary">
          Walk
        </button>
        {inAddress !== "" && (
          <button
            type="button"
            className="button"
            onClick={() => void navigate({ search: { labels: undefined } })}
          >
            Clear
          </button>
        )}
      </div>
      {says.length > 0 && (
        <p id={`${id}-faults`} role="alert" data-tone="high" className="severity-edge pl-2 text-sm">
          Left out: {says.join("; ")}.
        </p>
      )}
    </form>
  );
}
