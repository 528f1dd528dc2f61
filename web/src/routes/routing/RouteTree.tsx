import { stepWords } from "../../alerts/walk";
import type { Route } from "../../api/types";
import { Badge } from "../../ui/Badge";
import type { Mark } from "../../words/severity";

const marks: Record<NonNullable<Route["at"]>, Mark> = {
  taken: { tone: "ok", word: "TAKEN" },
  passed: { tone: "ok", word: "FITS", outlined: true },
  failed: { tone: "info", word: "NO", outlined: true },
  not_reached: { tone: "unknown", word: "NOT ASKED", outlined: true },
};

// Marked when an alert was walked through it.
export function RouteTree({ root }: { root: Route }) {
  return (
    <ul className="route-tree border-t border-line px-2 py-1 sm:px-4">
      <RouteNode route={root} parent={null} root={root} />
    </ul>
  );
}

interface Props {
  route: Route;
  parent: Route | null;
  root: Route;
}

function RouteNode({ route, parent, root }: Props) {
  const { at } = route;
  return (
    <li data-route={route.id} data-step={at}>
      <div className="route-node">
        {at && <Badge {...marks[at]} />}
        <span className={at === "not_reached" ? "text-muted" : "font-medium"}>
          {route.matchers.length === 0 ? (
            "every alert"
          ) : (
            <span className="font-mono text-sm">
              {route.matchers.map((matcher) => matcher.text).join("  ")}
            </span>
          )}
        </span>
        <span className="text-sm">
          <span className="text-muted">to </span>
          <strong>{route.receiver}</strong>
        </span>
        {route.continue && <span className="text-sm">and goes on</span>}
        {at && <span className="text-sm text-muted">{stepWords(route, root)}</span>}
        <Settings route={route} parent={parent} />
      </div>
      {route.routes.length > 0 && (
        <ul>
          {route.routes.map((child) => (
            <RouteNode key={child.id} route={child} parent={route} root={root} />
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
  const says = [
    own("group_by") && groupWords(route.group_by),
    own("group_wait") && `waits ${route.group_wait}`,
    own("group_interval") && `news each ${route.group_interval}`,
    own("repeat_interval") && `repeats after ${route.repeat_interval}`,
    route.mute_time_intervals.length > 0 && `muted in ${route.mute_time_intervals.join(", ")}`,
    route.active_time_intervals.length > 0 && `only in ${route.active_time_intervals.join(", ")}`,
  ].filter((one) => typeof one === "string");
  if (says.length === 0) return null;
  return <span className="basis-full text-sm text-muted">{says.join(" · ")}</span>;
}

function groupWords(by: string[]): string {
  if (by.includes("...")) return "each alert alone";
  return by.length === 0 ? "one group for all" : `groups by ${by.join(", ")}`;
}
