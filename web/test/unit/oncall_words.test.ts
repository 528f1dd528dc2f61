import { describe, expect, test } from "vitest";
import type { PersonLoad, PolicyPreview } from "../../src/api/oncall";
import { firstRing, isSameRound, picturesOf, ticksOf } from "../../src/oncall/escalation";
import { fairnessOf, hardestFirst, isUneven } from "../../src/oncall/load";
import {
  dayText,
  hoursText,
  listText,
  overrideText,
  spanText,
  targetText,
  timesOfDay,
} from "../../src/oncall/words";

const at = (text: string) => Date.parse(text);
const berlin = "Europe/Berlin";

describe("spans", () => {
  const now = at("2026-11-26T08:00:00Z");
  const say = (begin: string, end: string, zone = berlin) =>
    spanText(at(begin), at(end), now, zone);
  test("with the days of the week", () => {
    expect(say("2026-11-30T08:00:00Z", "2026-12-07T08:00:00Z")).toBe(
      "Mon 30 Nov 09:00 to Mon 7 Dec 09:00 CET",
    );
    expect(say("2026-11-26T08:00:00Z", "2026-11-26T10:30:00Z")).toBe("today 09:00 to 11:30 CET");
    expect(say("2026-11-26T18:00:00Z", "2026-11-27T08:00:00Z")).toBe(
      "today 19:00 to tomorrow 09:00 CET",
    );
  });
  test("both zones' names where clocks are set in between, also when zones are not wanted", () => {
    expect(say("2027-03-22T08:00:00Z", "2027-03-29T07:00:00Z")).toBe(
      "Mon 22 Mar 2027 09:00 CET to Mon 29 Mar 2027 09:00 CEST",
    );
    const bare = (end: string) => spanText(at("2027-03-27T08:00:00Z"), at(end), now, berlin, false);
    expect(bare("2027-03-27T10:00:00Z")).toBe("Sat 27 Mar 2027 09:00 to 11:00");
    expect(bare("2027-03-28T10:00:00Z")).toContain("CEST");
  });
  test("what is today depends on the zone", () => {
    expect(dayText(at("2026-11-26T23:30:00Z"), now, "UTC")).toBe("today");
    expect(dayText(at("2026-11-26T23:30:00Z"), now, berlin)).toBe("tomorrow");
  });
});

test("words", () => {
  const nameOf = (id: string) => id.toUpperCase();
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listText)).toEqual([
    "nobody",
    "a",
    "a and b",
    "a, b and c",
  ]);
  const override = (kind: "add" | "remove" | "replace", replaces = "") =>
    overrideText({ kind, person: "ada", replaces }, nameOf);
  expect(override("replace")).toBe("ADA instead of everybody");
  expect(override("replace", "alan")).toBe("ADA instead of ALAN");
  expect(override("add")).toBe("ADA as well");
  expect(override("remove")).toBe("without ADA");
  expect([0, 5400, 36_000, 4_000_000].map(hoursText)).toEqual(["0 h", "1.5 h", "10 h", "1,111 h"]);
  expect(targetText({ kind: "schedule", name: "shop" }, nameOf)).toBe("whoever is on call in shop");
  expect(targetText({ kind: "robot", name: "r2" }, nameOf)).toBe("robot r2");
});

test("times worth trying lie ahead, at that hour of the zone", () => {
  const texts = (now: string) =>
    timesOfDay(at(now), berlin).map((one) => new Date(one.at).toISOString().slice(0, 16));
  expect(texts("2026-11-26T08:00:00Z")).toEqual([
    "2026-11-27T02:00",
    "2026-11-29T02:00",
    "2026-11-29T14:00",
  ]);
  // A Sunday at one in the night: the night is this one, Sunday the next.
  expect(texts("2026-11-29T00:00:00Z")).toEqual([
    "2026-11-29T02:00",
    "2026-12-06T02:00",
    "2026-12-06T14:00",
  ]);
});

const begin = at("2026-11-26T08:00:00Z");
const after = (seconds: number) => new Date(begin + seconds * 1000).toISOString();
const ada = {
  person: "ada",
  via: "schedule payments",
  contacts: [
    { name: "sms", after_seconds: 60 },
    { name: "push", after_seconds: 0 },
    { name: "mail", after_seconds: null }, // when the one before fails: no mark
  ],
};
const mute = { person: "alan", via: "person alan", contacts: [] };
const step = (seconds: number, more: object) => ({
  at: after(seconds),
  after_seconds: seconds,
  people: [],
  channels: [],
  skipped: null,
  ...more,
});
const preview: PolicyPreview = {
  rounds: [
    {
      steps: [
        step(0, { people: [ada], channels: ["ops"] }),
        step(300, { skipped: "only for SEV-1" }),
      ],
    },
    { steps: [step(600, { people: [ada], channels: ["ops"] }), step(900, { people: [mute] })] },
  ],
  bring_in: {
    at: after(600),
    people: [{ ...mute, contacts: [{ name: "mail", after_seconds: 0 }] }],
  },
};

describe("the picture of a policy", () => {
  const [first, second] = picturesOf(preview, begin);
  test("has a row for each person and channel, the earliest ring first", () => {
    expect(first?.rows.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "person ada",
      "channel ops",
      "person alan",
    ]);
    expect(first?.rows[0]?.rings.map(({ contact, after: ms }) => [contact, ms])).toEqual([
      ["push", 0],
      ["sms", 60_000],
    ]);
    expect(first?.steps).toEqual([
      { after: 0, number: 1, skipped: null },
      { after: 300_000, number: 2, skipped: "only for SEV-1" },
    ]);
  });
  test("holds what is brought in when a round ends, and reaches to it", () => {
    expect(first?.hasBringIn).toBe(true);
    expect(first?.end).toBe(600_000);
    expect(second?.hasBringIn).toBe(false);
    expect(second?.begin).toBe(600_000);
  });
  test("shows who has no way to be reached", () => {
    expect(second?.rows.find(({ name }) => name === "alan")?.rings).toEqual([
      { after: 900_000, via: "person alan", contact: "", isBringIn: false },
    ]);
  });
  test("says when somebody is rung first, if ever", () => {
    expect(firstRing(preview, "alan", begin)?.after).toBe(600_000);
    expect(firstRing(preview, "ada", begin)?.contact).toBe("push");
    expect(firstRing(preview, "ops", begin)).toBeNull();
  });
  test("knows rounds that only come later", () => {
    const steps = (seconds: number) => ({ steps: [step(seconds, { people: [ada] })] });
    const same = picturesOf({ rounds: [steps(0), steps(300)], bring_in: null }, begin);
    expect(same[0] && same[1] && isSameRound(same[0], same[1])).toBe(true);
    expect(first && second && isSameRound(first, second)).toBe(false);
  });
  test("of nothing is nothing", () => {
    expect(picturesOf({ rounds: [], bring_in: preview.bring_in }, begin)).toEqual([]);
    const [empty] = picturesOf({ rounds: [{ steps: [] }], bring_in: null }, begin);
    expect(empty?.rows).toEqual([]);
    expect(empty && empty.end > empty.begin).toBe(true);
  });
});

test("ticks are whole and few", () => {
  expect(ticksOf(0, 600_000)).toEqual([0, 120_000, 240_000, 360_000, 480_000, 600_000]);
  expect(ticksOf(900_000, 960_000)).toEqual([
    900_000, 910_000, 920_000, 930_000, 940_000, 950_000, 960_000,
  ]);
  expect(ticksOf(0, 5 * 86_400_000)).toHaveLength(6);
});

describe("load", () => {
  const one = (person: string, more: Partial<PersonLoad>): PersonLoad => ({
    person,
    pages: 0,
    working: 0,
    free: 0,
    sleeping: 0,
    interruptions: 0,
    shift_seconds: 0,
    ...more,
  });
  test("is uneven when one has half more than the mean", () => {
    const sleep = (...counts: number[]) =>
      fairnessOf(
        counts.map((sleeping, i) => one(`p${i}`, { sleeping })),
        (each) => each.sleeping,
      );
    expect(sleep(6, 2, 1)).toEqual({ mean: 3, most: { person: "p0", value: 6 }, times: 2 });
    expect(isUneven(sleep(6, 2, 1))).toBe(true);
    expect(isUneven(sleep(3, 3, 2))).toBe(false);
    expect(isUneven(sleep(0, 0, 0))).toBe(false);
    expect(isUneven(sleep(7))).toBe(false);
  });
  test("a night weighs more than an afternoon", () => {
    const sorted = [
      one("a", { pages: 50, working: 50 }),
      one("b", { pages: 2, sleeping: 2 }),
      one("c", { pages: 3, free: 3 }),
    ].sort(hardestFirst);
    expect(sorted.map(({ person }) => person)).toEqual(["b", "c", "a"]);
  });
});
