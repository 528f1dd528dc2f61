// From what is typed to the labels of an alert, and from a walked route to words.
import type { Labels, Route } from "../api/types";
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

// What a walked route says beside its mark.
export function stepWords(route: Route, root: Route): string {
  switch (route.at) {
    case "taken":
      return "";
    case "passed":
      return "fits; a route below takes it";
    case "failed":
      return route.failed_matcher ? `${route.failed_matcher} does not fit` : "does not fit";
    default: {
      const before = route.stopped_by ? findRoute(root, route.stopped_by) : undefined;
      return before
        ? `${nameOf(before)} took it and does not go on`
        : "the route above it is not on the way";
    }
  }
}

export function findRoute(route: Route, id: string): Route | undefined {
  if (route.id === id) return route;
  for (const child of route.routes) {
    const found = findRoute(child, id);
    if (found) return found;
  }
  return undefined;
}

export function countRoutes(route: Route): number {
  return route.routes.reduce((sum, child) => sum + countRoutes(child), 1);
}

const nameOf = (route: Route) => route.matchers.map((one) => one.text).join(", ") || route.receiver;
