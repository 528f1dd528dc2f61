// From selected alerts to the matchers of a silence.
import type { Matcher, PostedAlert } from "../api/types";
import { escapeRegExp, testOf } from "./matcher";

export interface Proposal {
  common: Matcher[]; // what all of them have
  narrower: Matcher[]; // what would keep the silence to the selected ones; offered, not taken
}

const mostAlternatives = 30;
// The name first, then where it is; the rest by name.
const first = ["alertname", "service", "job", "cluster", "namespace"];

export function proposeMatchers(alerts: readonly PostedAlert[]): Proposal {
  const [one] = alerts;
  if (!one) return { common: [], narrower: [] };
  const names = Object.keys(one.labels)
    .filter((name) => alerts.every((alert) => (alert.labels[name] ?? "") !== ""))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  const proposal: Proposal = { common: [], narrower: [] };
  for (const name of names) {
    const values = [...new Set(alerts.map((alert) => alert.labels[name] ?? ""))].sort();
    const [value] = values;
    if (values.length === 1 && value !== undefined) {
      proposal.common.push({ name, op: "=", value });
    } else if (values.length <= mostAlternatives) {
      proposal.narrower.push({ name, op: "=~", value: values.map(escapeRegExp).join("|") });
    }
  }
  return proposal;
}

function placeOf(name: string): number {
  const at = first.indexOf(name);
  return at < 0 ? first.length : at;
}

// How many of these alerts the matchers fit; null when one of the matchers cannot be used.
export function covered(matchers: readonly Matcher[], alerts: readonly PostedAlert[]) {
  try {
    const tests = matchers.map(testOf);
    return alerts.filter((alert) => tests.every((test) => test(alert.labels))).length;
  } catch {
    return null;
  }
}

// A silence of matchers that all take an alert without their labels would hide everything; the
// server refuses it.
export function faultOfMatchers(matchers: readonly Matcher[]): string | null {
  if (matchers.length === 0) return "At least one matcher is needed";
  for (const matcher of matchers) {
    if (matcher.name === "") return "A matcher has no label's name";
    try {
      testOf(matcher);
    } catch (error) {
      return `${matcher.name}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }
  if (matchers.every((matcher) => testOf(matcher)({}))) {
    return "At least one matcher must want something that is there";
  }
  return null;
}
