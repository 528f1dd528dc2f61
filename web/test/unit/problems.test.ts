import { describe, expect, test } from "vitest";
import { canSplit, whyText } from "../../src/alerts/sources";
import type { AlertSource, AlertWithSources, Gate } from "../../src/api/types";
import { gateChecks, gateWords } from "../../src/words/gate";

const gate = (part: Partial<Gate>): Gate => ({
  decision: "page",
  mode: "observe",
  reasons: [],
  ...part,
});

describe("the page gate's verdict", () => {
  test("says whether it rings, and whose rule that is", () => {
    expect(gateWords(gate({}))).toMatchObject({ tone: "ok", verdict: "It may page" });
    expect(gateWords(gate({ reasons: ["no-impact"] }))).toMatchObject({ tone: "warning" });
    const ticket = gate({ decision: "ticket", mode: "enforce", reasons: ["no-runbook"] });
    expect(gateWords(ticket)).toMatchObject({ tone: "high", why: "Its team enforces the gate." });
    expect(gateWords(ticket).verdict).toContain("ticket");
    expect(gateWords({ ...ticket, decision: "dashboard" }).verdict).toContain("only shown");
  });
  test("does not blame the team for what holds in both modes", () => {
    const unowned = gate({ decision: "dashboard", reasons: ["no-owner"] });
    expect(gateWords(unowned).why).toContain("whatever the mode");
    expect(gateWords({ ...unowned, mode: "enforce" }).why).toContain("whatever the mode");
    const alone = gate({ decision: "ticket", reasons: ["nobody-to-reach"] });
    expect(gateWords(alone).why).toContain("nobody to ring");
  });
  test("names each check, with what to do about one that fails", () => {
    const checks = gateChecks(gate({ reasons: ["no-impact", "cause-without-symptom"] }));
    expect(checks.map(({ passes }) => passes)).toEqual([true, true, false, true, false]);
    for (const { passes, todo } of checks) expect(todo === "").toBe(passes);
    // Without an owner there is no team to be reached.
    const unowned = gateChecks(gate({ reasons: ["no-owner"] }));
    expect(unowned.map(({ reason }) => reason)).not.toContain("nobody-to-reach");
  });
});

const source = (fingerprint: string, part: Partial<AlertSource> = {}): AlertSource => ({
  fingerprint,
  role: "source",
  is_cause: false,
  labels: "{}",
  summary: fingerprint,
  why: "",
  joined_at: "2026-01-05T12:00:00.000Z",
  left_at: null,
  how_left: null,
  ...part,
});
const alertOf = (sources: AlertSource[], part: object = {}) =>
  ({ state: "firing", labels: {}, sources, ...part }) as unknown as AlertWithSources;

describe("a source", () => {
  const [one, other] = [source("a"), source("b")];
  test("can be split off where another one stays", () => {
    expect(canSplit(alertOf([one, other]), one)).toBe(true);
    expect(canSplit(alertOf([one]), one)).toBe(false);
    expect(canSplit(alertOf([one, source("b", { left_at: "x" })]), one)).toBe(false);
    expect(canSplit(alertOf([one, source("b", { role: "evidence" })]), one)).toBe(false);
  });
  test("of an objective's alert can be split off, too; what is over cannot", () => {
    expect(canSplit(alertOf([one], { labels: { objective: "availability" } }), one)).toBe(true);
    expect(canSplit(alertOf([one, other], { state: "resolved" }), one)).toBe(false);
    const evidence = source("c", { role: "evidence" });
    expect(canSplit(alertOf([one, other, evidence]), evidence)).toBe(false);
  });
});

test.each([
  [
    'it is the first of same service{service="checkout"}',
    "it is the first with service checkout (rule same service)",
  ],
  [
    'it fires at the same time and shares same database{service="a", cluster=""}',
    "it fires at the same time and shares service a, cluster (none) (rule same database)",
  ],
  ['x shares y{a="b, c=\\"d\\" }"}', 'x shares a b, c=\\"d\\" } (rule y)'],
  ["it is the first of no rule{}", "it is the first of no rule{}"],
  ["a person split it off", "a person split it off"],
  ["objective o of the same service burns", "objective o of the same service burns"],
])("%s reads %s", (why, words) => {
  expect(whyText(why)).toBe(words);
});
