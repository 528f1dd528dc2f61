import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test } from "vitest";
import { keys } from "../../src/api/queries";
import type { Entry, Objective, ObjectivePulse } from "../../src/api/types";
import { Applier, mergeTimeline, withPulse } from "../../src/live/apply";

const pulse = (name: string, bad: number): ObjectivePulse => ({
  name,
  state: "ok",
  budget_left: 0.5,
  budget_too_early: null,
  burn_now: 2,
  bad_5m: bad,
  total_5m: 100,
});
const objective = (name: string) =>
  ({
    name,
    state: "ok",
    budget: { allowed: 200, left: 1, left_events: 200, burn_now: 0 },
    tiers: [],
  }) as unknown as Objective;
const entry = (seq: number, incident: string | null = null, at = seq): Entry => ({
  seq,
  happened_at: new Date(at * 1000).toISOString(),
  recorded_at: new Date(at * 1000).toISOString(),
  actor: "system:engine",
  kind: "alert.fired",
  subject_kind: "alert",
  subject_id: "alr_1",
  incident,
  data: {},
});

let client: QueryClient;
let planned: { run: () => void; ms: number }[];
let time: number;
let applier: Applier;
let asked: string[];

beforeEach(() => {
  client = new QueryClient();
  planned = [];
  time = 0;
  asked = [];
  client.invalidateQueries = (filter) => {
    asked.push(JSON.stringify(filter?.queryKey));
    return Promise.resolve();
  };
  applier = new Applier(
    client,
    (run, ms) => planned.push({ run, ms }),
    () => time,
  );
});

function frame() {
  const runs = planned;
  planned = [];
  for (const { run } of runs) run();
}

test("many pulses make one change of the list, with the newest of each", () => {
  client.setQueryData(keys.objectives, { objectives: [objective("a"), objective("b")], seq: 1 });
  const before = client.getQueryState(keys.objectives)?.dataUpdateCount ?? 0;
  for (let i = 1; i <= 50; i++) applier.take({ kind: "pulse", objectives: [pulse("a", i)] });
  expect(planned).toHaveLength(1);
  frame();
  const list = client.getQueryData<{ objectives: Objective[] }>(keys.objectives);
  expect(list?.objectives[0]?.error_ratio_5m).toEqual({ bad: 50, total: 100, ratio: 0.5 });
  expect((client.getQueryState(keys.objectives)?.dataUpdateCount ?? 0) - before).toBe(1);
});

test("what a pulse does not name keeps its identity, so that its row is not drawn again", () => {
  const b = objective("b");
  client.setQueryData(keys.objectives, { objectives: [objective("a"), b], seq: 1 });
  applier.take({ kind: "pulse", objectives: [pulse("a", 1)] });
  frame();
  const list = client.getQueryData<{ objectives: Objective[] }>(keys.objectives);
  expect(list?.objectives[1]).toBe(b);
});

test("a pulse brings the budget in events too", () => {
  const { budget, error_ratio_5m: five } = withPulse(objective("a"), {
    ...pulse("a", 0),
    total_5m: 0,
  });
  expect(budget).toMatchObject({ left: 0.5, left_events: 100, burn_now: 2 });
  expect(five?.ratio).toBeNull();
});

test("a pulse says that it is too early to judge the budget, and when it no longer is", () => {
  const why = "too early to judge: 2h of 30d seen";
  const early = withPulse(objective("a"), {
    ...pulse("a", 0),
    budget_left: null,
    budget_too_early: why,
  });
  expect(early.budget).toMatchObject({ left: null, left_events: null, too_early: why });
  expect(withPulse(early, pulse("a", 0)).budget).toMatchObject({ left: 0.5, too_early: null });
});

test("a storm of entries asks for each list once a second", () => {
  for (let i = 1; i <= 20; i++) {
    applier.take({ kind: "entries", entries: [entry(i)] });
    frame();
  }
  expect(asked.filter((key) => key === '["incidents"]')).toHaveLength(1);
  expect(planned.at(-1)?.ms).toBe(250);
  time = 1000;
  frame();
  expect(asked.filter((key) => key === '["incidents"]')).toHaveLength(2);
  expect(planned).toHaveLength(0);
});

test("entries stand in the timeline at once, and the incident is read again", () => {
  const detail = { incident: { id: "inc_1" }, timeline: [entry(1, "inc_1")], seq: 1 };
  client.setQueryData(keys.incident("12"), detail);
  client.setQueryData(keys.incident("13"), { incident: { id: "inc_2" }, timeline: [], seq: 1 });
  applier.take({ kind: "entries", entries: [entry(1, "inc_1"), entry(2, "inc_1")] });
  frame();
  const got = client.getQueryData<{ timeline: Entry[] }>(keys.incident("12"));
  expect(got?.timeline.map((one) => one.seq)).toEqual([1, 2]);
  expect(asked).toContain('["incident","12"]');
  expect(asked).not.toContain('["incident","13"]');
});

test("after a gap only what is older than the stream's beginning is read again", () => {
  client.setQueryData(keys.incidents, { incidents: [], seq: 4 });
  client.setQueryData(keys.objectives, { objectives: [], seq: 9 });
  applier.take({ kind: "hello", seq: 9, build: "b1" });
  frame();
  expect(asked).toEqual(['["incidents"]']);
});

test("a reset reads everything again", () => {
  client.setQueryData(keys.incidents, { incidents: [], seq: 4 });
  client.setQueryData(keys.chart("a", "1h"), { at: [] });
  applier.take({ kind: "reset" });
  frame();
  expect(asked.sort()).toEqual(['["chart","a","1h"]', '["incidents"]']);
});

test("a timeline is in order of happening, each entry once", () => {
  const old = [entry(1, null, 1), entry(3, null, 3)];
  expect(mergeTimeline(old, [entry(3, null, 3)])).toBe(old);
  const merged = mergeTimeline(old, [entry(4, null, 2), entry(3, null, 3)]);
  expect(merged.map((one) => one.seq)).toEqual([1, 4, 3]);
});

test("what moves shifts makes all of on-call be read again that is shown", () => {
  client.setQueryData(["oncall", "schedules"], { schedules: [] });
  client.setQueryData(["oncall", "turns", "shop", 1, 2], { turns: [] });
  applier.take({ kind: "entries", entries: [entry(1)] });
  frame();
  expect(asked.some((key) => key.includes("oncall"))).toBe(false);
  const moved = { ...entry(2), kind: "schedule.override_made", subject_kind: "schedule" };
  applier.take({ kind: "entries", entries: [moved] });
  frame();
  expect(asked).toContain('["oncall","schedules"]');
  expect(asked).toContain('["oncall","turns","shop",1,2]');
});
