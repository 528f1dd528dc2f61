import { expect, test } from "vitest";
import type { Escalation } from "../../src/api/types";
import { comingText, rulesOf } from "../../src/routes/incident/coming";

const nameOf = (id: string) => (id === "ada" ? "Ada" : id);
const at = "2026-01-05T00:00:00.000Z";

test("what comes says who and why them", () => {
  const people = [
    { person: "ada", via: "via schedule payments" },
    { person: "grace", via: "" },
  ];
  expect(comingText({ what: "step", at, people, channels: ["ops"] }, nameOf)).toBe(
    "Ada (via schedule payments), grace are rung; ops is told",
  );
  expect(comingText({ what: "step", at, people: people.slice(1), channels: [] }, nameOf)).toBe(
    "grace is rung",
  );
  expect(comingText({ what: "bring_in", at, people: [], channels: [] }, nameOf)).toBe(
    "more people are brought in: all of the policy who were not rung",
  );
  expect(comingText({ what: "ring_again", at, people: [], channels: [] }, nameOf)).toBe(
    "it rings again from the first step",
  );
});

test("an edited policy is told beside the one with which it began", () => {
  const recorded = (after_us: number, policy = "shop") => ({
    policy,
    steps: [{ after_us, targets: [{ kind: "round_robin", name: "shop" }] }],
  });
  const escalation = (policy: unknown, policy_at_start: unknown) =>
    ({ policy, policy_at_start }) as Escalation;
  const same = rulesOf(escalation(recorded(0), recorded(0)), "t");
  expect(same.before).toBeNull();
  expect(same.policy).toEqual({
    id: "shop",
    name: "policy shop",
    steps: ["at once: round robin shop"],
  });
  const edited = rulesOf(escalation(recorded(0), recorded(120e6)), "t");
  expect(edited.before?.steps).toEqual(["after 2 min: round robin shop"]);
  const list = rulesOf(escalation(recorded(0, ""), null), "t");
  expect(list.policy?.id).toBe("team:t");
  expect(list.before).toBeNull();
  expect(rulesOf(escalation(null, null), "t").policy).toBeNull();
});
