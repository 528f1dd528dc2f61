// What an escalation does next and by which rules, in words.
import type { Escalation } from "../../api/types";
import { durationText } from "../../time/format";

type Coming = NonNullable<Escalation["next"]>[number];

export const firstUpper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

// "Grace (via schedule backup) is rung; ops is told".
export function comingText(coming: Coming, nameOf: (id: string) => string): string {
  const people = coming.people.map(({ person, via }) =>
    via ? `${nameOf(person)} (${via})` : nameOf(person),
  );
  const who = people.join(", ");
  const are = people.length === 1 ? "is" : "are";
  const told = coming.channels.length > 0 ? `; ${coming.channels.join(", ")} is told` : "";
  if (coming.what === "bring_in") {
    return `more people are brought in: ${who || "all of the policy who were not rung"}${told}`;
  }
  if (coming.what === "ring_again") {
    return `it rings again from the first step${who ? `: ${who}` : ""}${told}`;
  }
  return `${who || "nobody"} ${are} rung${told}`;
}

// A policy as an escalation recorded it (src/oncall/policy_json.h).
interface Recorded {
  policy?: string;
  steps?: { after_us: number; targets: { kind: string; name: string }[] }[];
}

interface Rules {
  id: string;
  name: string;
  steps: string[];
}

function rules(recorded: unknown, team: string): Rules | null {
  const { policy, steps } = (recorded ?? {}) as Recorded;
  if (!steps) return null;
  return {
    // A team's own list has no name.
    id: policy || `team:${team}`,
    name: policy ? `policy ${policy}` : `the list of team ${team}`,
    steps: steps.map(({ after_us, targets }) => {
      const when = after_us === 0 ? "at once" : `after ${durationText(after_us / 1000)}`;
      const whom = targets.map(({ kind, name }) =>
        kind === "person" ? name : `${kind.replace("_", " ")} ${name}`,
      );
      return `${when}: ${whom.join(", ")}`;
    }),
  };
}

// `before`: the rules with which it began, if they were others.
export function rulesOf({ policy, policy_at_start }: Escalation, team: string) {
  const isEdited =
    policy_at_start != null && JSON.stringify(policy) !== JSON.stringify(policy_at_start);
  return { policy: rules(policy, team), before: isEdited ? rules(policy_at_start, team) : null };
}
