// From what is typed to the labels of an alert, and from the server's walk to a mark of each route.
import type { Labels, Route, RouteWalk } from "../api/types";
import { parseLine } from "./line";

export interface ReadLabels {
  labels: Labels;
  faults: string[];
}

// An alert has values, so only `=` makes sense here.
export function readLabels(line: string): ReadLabels {
  const read: ReadLabels = { labels: {}, faults: [] };
  for (const part of parseLine(line)) {
    if (part.kind === "wrong") {
      read.faults.push(part.says);
    } else if (part.kind === "word") {
      read.faults.push(`${part.text} is no label: write name=value`);
    } else if (part.matcher.op !== "=") {
      read.faults.push(
        `an alert has one value of ${part.matcher.name}: write ${part.matcher.name}=value`,
      );
    } else {
      read.labels[part.matcher.name] = part.matcher.value;
    }
  }
  return read;
}

export type Step = "taken" | "passed" | "failed" | "unseen";

export interface RouteMark {
  step: Step;
  says: string;
}

// Why each route is on the way, or not. `walk` names the nodes that were looked at.
export function markRoutes(root: Route, walk: RouteWalk): ReadonlyMap<string, RouteMark> {
  const looked = new Map(walk.nodes.map((node) => [node.id, node]));
  const taken = new Set(walk.taken.map((one) => one.id));
  const marks = new Map<string, RouteMark>();
  const visit = (route: Route, before: Route | null, isBelowTheWay: boolean) => {
    const node = looked.get(route.id);
    if (taken.has(route.id)) {
      marks.set(route.id, { step: "taken", says: `goes to ${route.receiver}` });
    } else if (node?.matched) {
      marks.set(route.id, { step: "passed", says: "fits; a route below takes it" });
    } else if (node) {
      const why = node.failed_matcher ? `${node.failed_matcher} does not fit` : "does not fit";
      marks.set(route.id, { step: "failed", says: why });
    } else if (isBelowTheWay && before) {
      const says = `not looked at: ${nameOf(before)} took it and does not continue`;
      marks.set(route.id, { step: "unseen", says });
    } else {
      marks.set(route.id, { step: "unseen", says: "not reached" });
    }
    // The first of the routes beside each other that took it without `continue`.
    let taker: Route | null = null;
    for (const child of route.routes) {
      visit(child, taker, taker !== null && node?.matched === true);
      if (!taker && looked.get(child.id)?.matched && !child.continue) taker = child;
    }
  };
  visit(root, null, false);
  return marks;
}

const nameOf = (route: Route) => route.matchers.join(", ") || route.receiver;
