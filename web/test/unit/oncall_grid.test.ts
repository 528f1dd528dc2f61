import { describe, expect, test } from "vitest";
import type { Turn } from "../../src/api/oncall";
import { coloursOf, initials } from "../../src/oncall/colours";
import {
  clockChanges,
  joinTurns,
  layOut,
  monthOf,
  plusMonths,
  shareOf,
  snapped,
  weekOf,
  within,
} from "../../src/oncall/grid";
import {
  isView,
  leftOf,
  moved,
  searchOfSpan,
  spanOfSearch,
  stripsOf,
  titleOf,
} from "../../src/oncall/view";
import { dateText } from "../../src/oncall/zone";

const at = (text: string) => Date.parse(text);
const wall = (text: string) => Date.parse(`${text}T00:00:00Z`);
const berlin = "Europe/Berlin";

const turn = (begin: string, end: string, people: string[], more: Partial<Turn> = {}): Turn => ({
  begin: new Date(at(begin)).toISOString(),
  end: new Date(at(end)).toISOString(),
  people,
  shadows: [],
  why: [],
  explain: "",
  ...more,
});

describe("weeks", () => {
  test("begin on Monday and have seven days", () => {
    const week = weekOf(wall("2026-11-29"), berlin);
    expect(week.days.map(({ key }) => key)).toEqual([
      "2026-11-23",
      "2026-11-24",
      "2026-11-25",
      "2026-11-26",
      "2026-11-27",
      "2026-11-28",
      "2026-11-29",
    ]);
    expect(week.begin).toBe(at("2026-11-22T23:00:00Z"));
    expect(week.days.every(({ hours }) => hours === 24)).toBe(true);
    expect(clockChanges(week)).toEqual([]);
  });

  test("days tile the week where clocks are set, and are as long as they are", () => {
    for (const [day, zone, hours, says] of [
      ["2027-03-28", berlin, 23, "clocks go forward 1 hour"],
      ["2026-10-25", berlin, 25, "clocks go back 1 hour"],
      ["2026-04-05", "Australia/Lord_Howe", 24.5, "clocks go back 30 minutes"],
      ["2026-09-06", "America/Santiago", 23, "clocks go forward 1 hour"],
    ] as const) {
      const week = weekOf(wall(day), zone);
      for (const [i, one] of week.days.entries()) {
        expect(one.begin).toBe(week.days[i - 1]?.end ?? week.begin);
      }
      expect(week.days.find(({ key }) => key === day)?.hours).toBe(hours);
      expect((week.end - week.begin) / 3_600_000).toBe(144 + hours);
      expect(clockChanges(week)).toEqual([{ key: day, says }]);
    }
  });

  test("a day that a zone left out has no length", () => {
    const week = weekOf(wall("2011-12-30"), "Pacific/Apia");
    expect(week.days.map(({ hours }) => hours)).toEqual([24, 24, 24, 24, 0, 24, 24]);
  });
});

test("a month is the weeks that touch it", () => {
  const keys = monthOf(wall("2026-11-26"), berlin).map(({ days }) => days[0]?.key);
  expect(keys).toEqual([
    "2026-10-26",
    "2026-11-02",
    "2026-11-09",
    "2026-11-16",
    "2026-11-23",
    "2026-11-30",
  ]);
  // February that begins on a Monday and has four weeks.
  expect(monthOf(wall("2027-02-10"), berlin)).toHaveLength(4);
});

test("a month on or back keeps the day, or takes the last", () => {
  expect(dateText(plusMonths(wall("2027-01-31"), 1))).toBe("2027-02-28");
  expect(dateText(plusMonths(wall("2026-12-15"), 1))).toBe("2027-01-15");
  expect(dateText(plusMonths(wall("2027-01-15"), -1))).toBe("2026-12-15");
});

describe("layOut", () => {
  const week = weekOf(wall("2027-03-28"), berlin); // 167 hours
  test("a hand-off stands where its hour is, also on the day on which clocks are set", () => {
    const pieces = layOut(
      [
        turn("2027-03-15T08:00:00Z", "2027-03-22T08:00:00Z", ["ada"]),
        turn("2027-03-22T08:00:00Z", "2027-03-28T07:00:00Z", ["grace"]),
        turn("2027-03-28T07:00:00Z", "2027-04-05T07:00:00Z", []),
        turn("2027-04-05T07:00:00Z", "2027-04-12T07:00:00Z", ["alan"]),
      ],
      week,
    );
    expect(pieces.map(({ index, comesFrom, goesOn }) => [index, comesFrom, goesOn])).toEqual([
      [0, true, false],
      [1, false, false],
      [2, false, true],
    ]);
    expect(pieces[0]?.width).toBeCloseTo(9 / 167);
    // Sunday 09:00 is eight hours after its midnight.
    expect(pieces[1]?.width).toBeCloseTo((6 * 24 - 9 + 8) / 167);
    expect(pieces[2]?.left).toBeCloseTo((6 * 24 + 8) / 167);
    expect((pieces[2]?.left ?? 0) + (pieces[2]?.width ?? 0)).toBe(1);
  });

  test("what only touches an edge is not there", () => {
    expect(layOut([turn("2027-03-20T00:00:00Z", "2027-03-21T23:00:00Z", ["ada"])], week)).toEqual(
      [],
    );
    expect(layOut([turn("2027-03-28T22:00:00Z", "2027-03-30T00:00:00Z", ["ada"])], week)).toEqual(
      [],
    );
  });

  test("any tiling of time tiles the strip", () => {
    const edges = Array.from(
      { length: 60 },
      (_, i) => at("2027-03-19T00:00:00Z") + i * 5.7 * 3_600_000,
    );
    const turns = edges
      .slice(1)
      .map((end, i) =>
        turn(new Date(edges[i] ?? 0).toISOString(), new Date(end).toISOString(), [`p${i}`]),
      );
    let reached = 0;
    for (const { left, width } of layOut(turns, week)) {
      expect(left).toBeCloseTo(reached, 10);
      reached = left + width;
    }
    expect(reached).toBe(1);
  });
});

test("a share stays within its strip", () => {
  const strip = { begin: 100, end: 200 };
  expect([50, 100, 150, 250].map((one) => shareOf(one, strip))).toEqual([0, 0, 0.5, 1]);
  expect(shareOf(5, { begin: 5, end: 5 })).toBe(0);
});

describe("snapped", () => {
  const shareAt = (moment: string, strip: ReturnType<typeof weekOf>) => shareOf(at(moment), strip);
  test("to half hours of the zone's clock", () => {
    const week = weekOf(wall("2026-11-26"), "Asia/Kolkata");
    const share = shareAt("2026-11-26T03:37:00Z", week); // 09:07
    expect(snapped(share, week, 30, "Asia/Kolkata")).toBe(at("2026-11-26T03:30:00Z"));
  });
  test("to the moment of the change where clocks skip, and to the nearer of two", () => {
    const spring = weekOf(wall("2027-03-28"), berlin);
    expect(snapped(shareAt("2027-03-28T00:50:00Z", spring), spring, 30, berlin)).toBe(
      at("2027-03-28T01:00:00Z"),
    );
    const autumn = weekOf(wall("2026-10-25"), berlin);
    for (const moment of ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]) {
      expect(snapped(shareAt(moment, autumn), autumn, 30, berlin)).toBe(at(moment));
    }
  });
  test("not over the edges", () => {
    const week = weekOf(wall("2026-11-26"), berlin);
    expect(snapped(-0.2, week, 30, berlin)).toBe(week.begin);
    expect(snapped(1.2, week, 30, berlin)).toBe(week.end);
  });
});

test("neighbours that differ only in who looks on are one turn for the eye", () => {
  const why = [{ kind: "layer" as const, layer: "primary", turn: 3, id: "", instead_of: [] }];
  const joined = joinTurns([
    turn("2026-11-23T08:00:00Z", "2026-11-23T16:00:00Z", ["ada"], { why, shadows: ["alan"] }),
    turn("2026-11-23T16:00:00Z", "2026-11-24T08:00:00Z", ["ada"], { why }),
    turn("2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z", ["ada"]),
    turn("2026-11-26T08:00:00Z", "2026-11-27T08:00:00Z", ["ada"]),
  ]);
  expect(joined.map(({ end, shadows }) => [end.slice(0, 13), shadows])).toEqual([
    ["2026-11-24T08", ["alan"]],
    ["2026-11-25T08", []],
    ["2026-11-27T08", []],
  ]);
});

test("within cuts to a span and joins the same people", () => {
  const turns = [
    turn("2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z", ["ada"]),
    turn("2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z", ["ada"]),
    turn("2026-11-25T08:00:00Z", "2026-11-26T08:00:00Z", []),
  ];
  const found = within(turns, at("2026-11-23T20:00:00Z"), at("2026-11-25T09:00:00Z"));
  expect(found).toEqual([
    { people: ["ada"], begin: at("2026-11-23T20:00:00Z"), end: at("2026-11-25T08:00:00Z") },
    { people: [], begin: at("2026-11-25T08:00:00Z"), end: at("2026-11-25T09:00:00Z") },
  ]);
  expect(within(turns, at("2026-11-26T08:00:00Z"), at("2026-11-27T08:00:00Z"))).toEqual([]);
});

test("the first eight people have colours of their own", () => {
  const colours = coloursOf(["grace", "ada", "grace", "alan"]);
  expect([...colours]).toEqual([
    ["grace", 0],
    ["ada", 1],
    ["alan", 2],
  ]);
  const many = coloursOf(Array.from({ length: 9 }, (_, i) => `p${i}`));
  expect(new Set(many.values()).size).toBe(8);
});

test("initials", () => {
  expect(["ada", "Ada Lovelace", "grace.b.hopper", "", "Ö"].map(initials)).toEqual([
    "AD",
    "AL",
    "GH",
    "",
    "Ö",
  ]);
});

describe("what the address says", () => {
  test("views, and how far each goes on", () => {
    const day = wall("2026-11-26");
    expect(isView("month")).toBe(true);
    expect(isView("year")).toBe(false);
    expect(dateText(moved("week", day, 1))).toBe("2026-12-03");
    expect(dateText(moved("month", day, -1))).toBe("2026-10-26");
    expect(dateText(moved("list", day, 1))).toBe("2026-12-10");
    expect(stripsOf("list", day, berlin)[0]?.days).toHaveLength(14);
    expect(stripsOf("month", day, berlin)).toHaveLength(6);
  });
  test("titles", () => {
    const title = (day: string) => titleOf("week", stripsOf("week", wall(day), berlin), wall(day));
    expect(title("2026-11-26")).toBe("23 to 29 Nov 2026");
    expect(title("2026-12-01")).toBe("30 Nov to 6 Dec 2026");
    expect(title("2026-12-31")).toBe("28 Dec 2026 to 3 Jan 2027");
    expect(titleOf("month", [], wall("2026-11-26"))).toBe("November 2026");
  });
  test("a span, or none", () => {
    expect(spanOfSearch("2026-11-26T08:00:00Z/2026-11-26T10:00:00Z")).toEqual({
      begin: at("2026-11-26T08:00:00Z"),
      end: at("2026-11-26T10:00:00Z"),
    });
    for (const bad of [
      undefined,
      "",
      "x/y",
      "2026-11-26T08:00:00Z",
      "2026-11-26T08:00:00Z/2026-11-26T08:00:00Z",
      "2026-11-26T08:00:00Z/2026-11-26T09:00:00Z/2026-11-26T10:00:00Z",
    ]) {
      expect(spanOfSearch(bad)).toBeNull();
    }
  });
  test("there and back", () => {
    const span = { begin: at("2026-11-26T08:00:00Z"), end: at("2026-11-26T10:00:00Z") };
    expect(spanOfSearch(searchOfSpan(span))).toEqual(span);
  });
  test("what is left of a turn", () => {
    const span = { begin: at("2026-11-26T08:00:00Z"), end: at("2026-11-26T10:00:00Z") };
    expect(leftOf(span, at("2026-11-26T07:59:59Z"))).toEqual(span);
    expect(leftOf(span, at("2026-11-26T09:17:31Z")).begin).toBe(at("2026-11-26T09:17:00Z"));
    expect(leftOf(span, at("2026-11-26T10:00:01Z"))).toEqual(span);
  });
});
