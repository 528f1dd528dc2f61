import { describe, expect, test } from "vitest";
import { PageClock } from "../../src/live/clock";
import {
  absoluteText,
  durationText,
  parseTime,
  relativeText,
  zoneName,
} from "../../src/time/format";

const at = (text: string) => Date.parse(text);

describe("durationText", () => {
  test.each([
    [-5, "0 s"],
    [400, "0 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [190_000, "3 min 10 s"],
    [610_000, "10 min"],
    [3_599_600, "1 h"],
    [7_500_000, "2 h 5 min"],
    [86_400_000, "1 d"],
    [273_600_000, "3 d 4 h"],
    [30 * 86_400_000 + 3_600_000, "30 d"],
  ])("%d ms is %s", (ms, text) => expect(durationText(ms)).toBe(text));
});

test("relative times look both ways", () => {
  expect(relativeText(1000, 1900)).toBe("just now");
  expect(relativeText(0, 190_000)).toBe("3 min 10 s ago");
  expect(relativeText(130_000, 0)).toBe("in 2 min 10 s");
});

describe("absoluteText", () => {
  const now = at("2026-03-29T12:00:00Z");
  const berlin = { zone: "Europe/Berlin" };
  test("today has seconds and the zone", () => {
    expect(absoluteText(at("2026-03-29T10:04:31Z"), now, berlin)).toBe("12:04:31 CEST");
  });
  test("the zone's name is that of the moment: before the hour was skipped it was another", () => {
    expect(absoluteText(at("2026-03-29T00:59:59Z"), now, berlin)).toBe("01:59:59 CET");
    expect(absoluteText(at("2026-03-29T01:00:00Z"), now, berlin)).toBe("03:00:00 CEST");
  });
  test("another day has its date, another year its year", () => {
    expect(absoluteText(at("2026-03-28T22:04:31Z"), now, berlin)).toBe("28 Mar 23:04 CET");
    expect(absoluteText(at("2025-12-31T23:30:00Z"), now, berlin)).toBe("1 Jan 00:30 CET");
    expect(absoluteText(at("2025-12-31T22:30:00Z"), now, berlin)).toBe("31 Dec 2025 23:30 CET");
  });
  test("what is today depends on the zone", () => {
    const late = at("2026-03-29T23:30:00Z");
    expect(absoluteText(late, late, { zone: "Asia/Tokyo", nameZone: false })).toBe("08:30:00");
  });
  test("zones without letters are named by their distance", () => {
    expect(zoneName(now, "Asia/Kolkata")).toBe("GMT+5:30");
  });
});

test("a time that is none is null", () => {
  expect(parseTime(null)).toBeNull();
  expect(parseTime("yesterday")).toBeNull();
  expect(parseTime("1970-01-01T00:00:01.000Z")).toBe(1000);
});

test("the page's clock follows the server's, half of the way taken off", () => {
  let local = 1_000_000;
  const clock = new PageClock(() => local);
  clock.learn(2_000_000, 1_000_000, 1_000_400);
  expect(clock.now()).toBe(1_000_000 + (2_000_000 - 1_000_200));
  local += 5000;
  clock.learn(clock.now() + 300, local, local);
  expect(clock.now()).toBe(1_005_000 + (2_000_000 - 1_000_200));
  clock.learn(Number.NaN, local, local);
  expect(Number.isFinite(clock.now())).toBe(true);
});
