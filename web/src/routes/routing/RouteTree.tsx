import type { RouteMark, Step } from "../../alerts/walk";
import type { Route } from "../../api/types";
import { durationText } from "../../time/format";
import { Badge } from "../../ui/Badge";
import type { Mark } from "../../words/severity";

const marksOf: Record<Step, Mark> = {
  taken: { tone: "ok", word: "TAKEN" },
  passed: { tone: "ok", word: "FITS", outlined: true },
  failed: { tone: "info", word: "NO", outlined: true },
  unseen: { tone: "unknown", word: "NOT ASKED", outlined: true },
};

type Marks = ReadonlyMap<string, RouteMark>;

export function RouteTree({ root, marks }: { root: Route; marks: Marks | undefined }) {
  return (
    <ul className="route-tree border-t border-line px-2 py-1 sm:px-4">
      <RouteNode route={root} parent={null} marks={marks} />
    </ul>
  );
}

interface Props {
  route: Route;
  parent: Route | null;
  marks: Marks | undefined;
}

function RouteNode({ route, parent, marks }: Props) {
  const mark = marks?.get(route.id);
  return (
    <li data-route={route.id} data-step={mark?.step}>
      <div className="route-node">
        {mark && <Badge {...marksOf[mark.step]} />}
        <span className={mark?.step === "unseen" ? "text-muted" : "font-medium"}>
          {route.matchers.length === 0 ? (
            parent === null ? (
              "every alert"
            ) : (
              "all"
            )
          ) : (
            <span className="font-mono text-sm">{route.matchers.join("  ")}</span>
          )}
        </span>
        <span className="text-sm">
          <span className="text-muted">to </span>
          <strong>{route.receiver}</strong>
        </span>
        {route.continue && <span className="text-sm">and goes on</span>}
        {mark && mark.step !== "taken" && <span className="text-sm text-muted">{mark.says}</span>}
        <Settings route={route} parent={parent} />
      </div>
      {route.routes.length > 0 && (
        <ul>
          {route.routes.map((child) => (
            <RouteNode key={child.id} route={child} parent={route} marks={marks} />
          ))}
        </ul>
      )}
    </li>
  );
}

// Only what a route has not from the one above it.
function Settings({ route, parent }: { route: Route; parent: Route | null }) {
  const own = <K extends keyof Route>(name: K) =>
    parent === null || JSON.stringify(route[name]) !== JSON.stringify(parent[name]);
  const seconds = (s: number) => durationText(s * 1000);
  const says = [
    own("group_by") && `groups by ${route.group_by.join(", ") || "nothing"}`,
    own("group_wait_s") && `waits ${seconds(route.group_wait_s)}`,
    own("group_interval_s") && `news each ${seconds(route.group_interval_s)}`,
    own("repeat_interval_s") && `repeats after ${seconds(route.repeat_interval_s)}`,
    route.mute_time_intervals.length > 0 && `muted in ${route.mute_time_intervals.join(", ")}`,
    route.active_time_intervals.length > 0 && `only in ${route.active_time_intervals.join(", ")}`,
  ].filter((one) => typeof one === "string");
  if (says.length === 0) return null;
  return <span className="basis-full text-sm text-muted">{says.join(" · ")}</span>;
}
