// What an escalation does next and by which rules, in words.
import type { Escalation } from "../../api/types";
import { listText, targetText } from "../../oncall/words";
import { durationText } from "../../time/format";

type Coming = NonNullable<Escalation["next"]>[number];
type NameOf = (id: string) => string;

const are = (names: readonly string[]) => (names.length > 1 ? "are" : "is");

// "Grace (via schedule backup) is rung; ops is told".
export function comingText(coming: Coming, nameOf: NameOf): string {
  const { channels } = coming;
  const people = coming.people.map(({ person, via }) =>
    via ? `${nameOf(person)} (${via})` : nameOf(person),
  );
  const told = channels.length > 0 ? `; ${listText(channels)} ${are(channels)} told` : "";
  if (coming.what === "bring_in") {
    const who = people.length > 0 ? listText(people) : "all of the policy who were not rung";
    return `more people are brought in: ${who}${told}`;
  }
  if (coming.what === "ring_again") {
    const who = people.length > 0 ? `: ${listText(people)}` : "";
    return `it rings again from the first step${who}${told}`;
  }
  return `${listText(people)} ${are(people)} rung${told}`;
}

// A policy as an escalation recorded it (src/oncall/policy_json.h).
interface RecordedWhen {
  severities: string[];
  hours: [days: number, from: number, until: number][]; // a bit a day, Monday the lowest; minutes
  zone: string;
  outside: boolean;
  first_response?: boolean;
}

interface Recorded {
  policy?: string;
  steps?: { after_us: number; targets: { kind: string; name: string }[]; when?: RecordedWhen }[];
}

interface Rules {
  id: string;
  name: string;
  steps: string[];
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

// "daily", "Mon-Fri", "Mon, Wed".
function daysText(bits: number): string {
  if (bits === 127) return "daily";
  const runs: string[] = [];
  for (let day = 0; day < 7; day += 1) {
    if (!(bits & (1 << day))) continue;
    const first = day;
    while (bits & (1 << (day + 1))) day += 1;
    runs.push(first === day ? `${weekdays[day]}` : `${weekdays[first]}-${weekdays[day]}`);
  }
  return runs.join(", ");
}

const clockText = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");

// The same words as of a policy in force (src/oncall/policy_api.cc).
function conditionText({ severities, hours, zone, outside, first_response }: RecordedWhen): string {
  const pieces = hours.map(
    ([days, from, until]) => `${daysText(days)} ${clockText(from)}-${clockText(until)}`,
  );
  return [
    severities.join(", "),
    pieces.length > 0 ? `${outside ? "outside" : "during"} ${pieces.join(", ")} (${zone})` : "",
    first_response === undefined ? "" : `${first_response ? "somebody" : "nobody"} has answered`,
  ]
    .filter(Boolean)
    .join("; ");
}

function rules(recorded: unknown, team: string, nameOf: NameOf): Rules | null {
  const { policy, steps } = (recorded ?? {}) as Recorded;
  if (!steps) return null;
  return {
    // A team's own list has no name.
    id: policy || `team:${team}`,
    name: policy ? `policy ${policy}` : `the list of team ${team}`,
    steps: steps.map(({ after_us, targets, when }) => {
      const begins = after_us === 0 ? "at once" : `after ${durationText(after_us / 1000)}`;
      const whom = targets.map((target) => targetText(target, nameOf)).join(", ");
      const only = when ? conditionText(when) : "";
      return `${begins}: ${whom}${only === "" ? "" : ` — ${only}`}`;
    }),
  };
}

// `before`: the rules with which it began, if they were others.
export function rulesOf({ policy, policy_at_start }: Escalation, team: string, nameOf: NameOf) {
  const isEdited =
    policy_at_start != null && JSON.stringify(policy) !== JSON.stringify(policy_at_start);
  return {
    policy: rules(policy, team, nameOf),
    before: isEdited ? rules(policy_at_start, team, nameOf) : null,
  };
}
