// What the page gate says of an alert (docs/problems.md), as sentences and checks.
import type { Gate } from "../api/types";
import type { Tone } from "./severity";

export type GateReason = Gate["reasons"][number];

interface Words {
  passes: string;
  fails: string;
  todo: string;
}

const words: Record<GateReason, Words> = {
  "no-owner": {
    passes: "Somebody owns it",
    fails: "Nobody owns it",
    todo: "No label of it names a service or a team of the catalog.",
  },
  "nobody-to-reach": {
    passes: "Its team has somebody to reach",
    fails: "Its team has nobody to reach",
    todo: "Give the team an escalation in the catalog.",
  },
  "no-impact": {
    passes: "It says what users lose",
    fails: "It does not say what users lose",
    todo: "Add an annotation such as impact to its rule.",
  },
  "no-runbook": {
    passes: "It has a runbook",
    fails: "It has no runbook",
    todo: "Add an annotation such as runbook_url to its rule, or a runbook to the service.",
  },
  "cause-without-symptom": {
    passes: "Users feel it, or a symptom of it",
    fails: "It is a cause, and no symptom fires",
    todo: "It pages once an alert of an affected service does.",
  },
};

export interface GateCheck {
  reason: GateReason;
  passes: boolean;
  text: string;
  todo: string; // empty when it passes
}

// All five, in the gate's order. Without an owner nobody can be asked whether the team is reachable.
export function gateChecks({ reasons }: Gate): GateCheck[] {
  const all = Object.keys(words) as GateReason[];
  return all
    .filter((reason) => reason !== "nobody-to-reach" || !reasons.includes("no-owner"))
    .map((reason) => {
      const passes = !reasons.includes(reason);
      const { passes: good, fails, todo } = words[reason];
      return { reason, passes, text: passes ? good : fails, todo: passes ? "" : todo };
    });
}

export interface GateWords {
  tone: Tone;
  verdict: string;
  why: string;
}

export function gateWords({ decision, mode, reasons }: Gate): GateWords {
  if (decision === "page" && reasons.length === 0) {
    return { tone: "ok", verdict: "It may page", why: "It passes every check." };
  }
  if (decision === "page") {
    return {
      tone: "warning",
      verdict: "It may page, though it is not fit to",
      why: "The gate only observes: it notes what fails. Enforced, it would ring nobody.",
    };
  }
  const verdict =
    decision === "ticket"
      ? "It became a ticket: it rings nobody"
      : "It is only shown: it rings nobody and opens no incident";
  // In both modes there must be somebody.
  if (reasons.includes("no-owner")) {
    return { tone: "high", verdict, why: "What nobody owns is only shown, whatever the mode." };
  }
  if (mode === "observe") {
    return { tone: "high", verdict, why: "There is nobody to ring, whatever the mode." };
  }
  return { tone: "high", verdict, why: "Its team enforces the gate." };
}
