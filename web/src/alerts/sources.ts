// The posted alerts behind an alert (docs/problems.md).
import type { AlertSource, AlertWithSources } from "../api/types";

export const isLive = (source: AlertSource) => source.left_at === null;

// As the server decides it: an alert that is made of one source alone has nothing to split. What an
// objective says stands without any.
export function canSplit(alert: AlertWithSources, source: AlertSource): boolean {
  if (alert.state !== "firing" || source.role !== "source" || !isLive(source)) return false;
  const live = alert.sources.filter((one) => one.role === "source" && isLive(one));
  return live.length > 1 || (alert.labels.objective ?? "") !== "";
}

// The server's `... shares same service{service="checkout"}` as "... shares service checkout (rule
// same service)".
export function whyText(why: string): string {
  const match = /^(.*\b)(shares|the first of) (.*)\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\}\s*$/.exec(
    why,
  );
  if (!match) return why;
  const [, head, verb, rule, inside = ""] = match;
  const pairs = [...inside.matchAll(/([^=,\s]+)="((?:[^"\\]|\\.)*)"/g)];
  if (pairs.length === 0) return why;
  const labels = pairs.map(([, name, value]) => `${name} ${value || "(none)"}`).join(", ");
  return `${head}${verb === "shares" ? "shares" : "the first with"} ${labels} (rule ${rule})`;
}
