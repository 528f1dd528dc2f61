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
    "Ada (via schedule payments) and grace are rung; ops is told",
  );
  expect(comingText({ what: "step", at, people: people.slice(1), channels: [] }, nameOf)).toBe(
    "grace is rung",
  );
  expect(comingText({ what: "step", at, people: [], channels: ["ops"] }, nameOf)).toBe(
    "nobody is rung; ops is told",
  );
  expect(comingText({ what: "step", at, people: [], channels: ["ops", "shop"] }, nameOf)).toBe(
    "nobody is rung; ops and shop are told",
  );
  expect(comingText({ what: "ring_again", at, people, channels: [] }, nameOf)).toBe(
    "it rings again from the first step: Ada (via schedule payments) and grace",
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
  const same = rulesOf(escalation(recorded(0), recorded(0)), "t", nameOf);
  expect(same.before).toBeNull();
  expect(same.policy).toEqual({
    id: "shop",
    name: "policy shop",
    steps: ["at once: one of shop, each page the next"],
  });
  const edited = rulesOf(escalation(recorded(0), recorded(120e6)), "t", nameOf);
  expect(edited.before?.steps).toEqual(["after 2 min: one of shop, each page the next"]);
  const list = rulesOf(escalation(recorded(0, ""), null), "t", nameOf);
  expect(list.policy?.id).toBe("team:t");
  expect(list.before).toBeNull();
  expect(rulesOf(escalation(null, null), "t", nameOf).policy).toBeNull();
});

test("a step of a recorded policy says whom it rings, and when only", () => {
  const said = (when?: object) => {
    const targets = [
      { kind: "person", name: "ada" },
      { kind: "channel", name: "ops" },
    ];
    const policy = { policy: "shop", steps: [{ after_us: 0, targets, when }] };
    return rulesOf({ policy } as unknown as Escalation, "t", nameOf).policy?.steps[0];
  };
  const always = { severities: [], hours: [], zone: "UTC", outside: false };
  const rung = "at once: Ada, the channel #ops (told, not rung)";
  expect(said()).toBe(rung);
  expect(said(always)).toBe(rung);
  expect(said({ ...always, severities: ["SEV-1", "SEV-2"], first_response: false })).toBe(
    `${rung} — SEV-1, SEV-2; nobody has answered`,
  );
  const hours = [
    [0b0011111, 540, 1020],
    [0b1000000, 0, 1440],
  ];
  expect(said({ ...always, hours, zone: "Europe/Berlin", outside: true })).toBe(
    `${rung} — outside Mon-Fri 09:00-17:00, Sun 00:00-24:00 (Europe/Berlin)`,
  );
  expect(said({ ...always, hours: [[0b0100101, 0, 90]] })).toBe(
    `${rung} — during Mon, Wed, Sat 00:00-01:30 (UTC)`,
  );
  expect(said({ ...always, hours: [[127, 0, 90]], first_response: true })).toBe(
    `${rung} — during daily 00:00-01:30 (UTC); somebody has answered`,
  );
});
