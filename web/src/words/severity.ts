// From the server's words to tone (colour and shape) and the word that stands beside them.
import type { Alert, IncidentState, Objective, TierView } from "../api/types";

export type Tone = "critical" | "high" | "warning" | "info" | "ok" | "unknown";

export interface Mark {
  tone: Tone;
  word: string;
  outlined?: boolean;
}

const severityTones: Tone[] = ["critical", "high", "warning", "info", "info"];

export function severityMark(severity: number): Mark {
  return { tone: severityTones[severity - 1] ?? "unknown", word: `SEV-${severity}` };
}

export function alertMark(alert: Pick<Alert, "severity" | "state">): Mark {
  if (alert.state === "resolved") return { tone: "ok", word: "RESOLVED", outlined: true };
  return alert.severity === "page"
    ? { tone: "critical", word: "PAGE" }
    : { tone: "warning", word: "TICKET" };
}

const objectiveMarks: Record<Objective["state"], Mark> = {
  ok: { tone: "ok", word: "OK", outlined: true },
  burning: { tone: "critical", word: "BURNING" },
  exhausted: { tone: "high", word: "OVERSPENT" },
  no_data: { tone: "unknown", word: "NO DATA" },
};

export function objectiveMark(state: Objective["state"]): Mark {
  return objectiveMarks[state] ?? { tone: "unknown", word: String(state).toUpperCase() };
}

export function tierMark(tier: Pick<TierView, "state" | "severity">): Mark {
  switch (tier.state) {
    case "firing":
      return tier.severity === "page"
        ? { tone: "critical", word: "FIRING" }
        : { tone: "warning", word: "FIRING" };
    case "too_few_events":
      return { tone: "info", word: "TOO FEW EVENTS", outlined: true };
    case "no_data":
      return { tone: "unknown", word: "NO DATA", outlined: true };
    default:
      return { tone: "ok", word: "CLEAR", outlined: true };
  }
}

// Worst first.
const stateOrder: Objective["state"][] = ["burning", "exhausted", "no_data", "ok"];

export function worstFirst(a: Objective, b: Objective): number {
  const byState = stateOrder.indexOf(a.state) - stateOrder.indexOf(b.state);
  if (byState !== 0) return byState;
  // What cannot be judged yet stands where a whole budget would.
  return (
    (a.budget.left ?? 1) - (b.budget.left ?? 1) || a.display_name.localeCompare(b.display_name)
  );
}

const overStates: ReadonlySet<IncidentState> = new Set([
  "resolved",
  "closed",
  "declined",
  "merged",
  "cancelled",
]);

export function isOver(state: IncidentState): boolean {
  return overStates.has(state);
}

const stateWords: Record<IncidentState, string> = {
  triage: "Triage",
  investigating: "Investigating",
  identified: "Cause identified",
  mitigating: "Mitigating",
  monitoring: "Monitoring the recovery",
  resolved: "Resolved",
  closed: "Closed",
  declined: "Declined",
  merged: "Merged",
  cancelled: "Cancelled",
};

export function stateWord(state: IncidentState): string {
  return stateWords[state] ?? state;
}

// Where a person may move an incident from a state: src/incident/lifecycle.cc decides, this only
// keeps what it would refuse out of the list.
export function movesFrom(state: IncidentState): IncidentState[] {
  if (state === "resolved") return ["closed"];
  if (isOver(state)) return [];
  const moves: IncidentState[] = [
    "investigating",
    "identified",
    "mitigating",
    "monitoring",
    "resolved",
    "declined",
    "cancelled",
  ];
  return moves.filter((move) => move !== state);
}
