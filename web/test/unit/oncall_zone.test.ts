import { describe, expect, test } from "vitest";
import {
  dateText,
  dayStart,
  fieldText,
  isZone,
  momentOf,
  offsetOf,
  parseDate,
  parseField,
  plusDays,
  wallOf,
  weekday,
} from "../../src/oncall/zone";

const at = (text: string) => Date.parse(text);
const wall = (text: string) => Date.parse(`${text}Z`);
const berlin = "Europe/Berlin";

test("wall times of a zone, also of times before 1970 and of halves of a second", () => {
  expect(wallOf(at("2026-07-01T10:00:00Z"), berlin)).toBe(wall("2026-07-01T12:00:00"));
  expect(wallOf(at("2026-01-01T00:00:00.500Z"), "Asia/Kolkata")).toBe(
    wall("2026-01-01T05:30:00.500"),
  );
  expect(wallOf(at("1969-12-31T23:59:59.250Z"), "UTC")).toBe(wall("1969-12-31T23:59:59.250"));
});

describe("momentOf", () => {
  test("a plain time", () => {
    expect(momentOf(wall("2026-11-26T09:00:00"), berlin)).toEqual({
      at: at("2026-11-26T08:00:00Z"),
      is: "plain",
    });
  });
  test("a time that clocks skip is the moment at which they skip", () => {
    for (const skipped of ["2027-03-28T02:00:00", "2027-03-28T02:30:00"]) {
      expect(momentOf(wall(skipped), berlin)).toEqual({
        at: at("2027-03-28T01:00:00Z"),
        is: "skipped",
      });
    }
    expect(momentOf(wall("2027-03-28T03:00:00"), berlin)).toEqual({
      at: at("2027-03-28T01:00:00Z"),
      is: "plain",
    });
  });
  test("of a time that is shown twice the first is meant", () => {
    expect(momentOf(wall("2026-10-25T02:30:00"), berlin)).toEqual({
      at: at("2026-10-25T00:30:00Z"),
      is: "twice",
    });
    expect(momentOf(wall("2026-10-25T03:00:00"), berlin).is).toBe("plain");
  });
  test("where clocks are set by half an hour, and where a whole day is left out", () => {
    expect(momentOf(wall("2026-10-04T02:15:00"), "Australia/Lord_Howe")).toEqual({
      at: at("2026-10-03T15:30:00Z"),
      is: "skipped",
    });
    expect(momentOf(wall("2011-12-30T12:00:00"), "Pacific/Apia")).toEqual({
      at: at("2011-12-30T10:00:00Z"),
      is: "skipped",
    });
  });

  // The model: a moment shows its own wall time, and no earlier moment near by does.
  test.each([
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Santiago",
    "Africa/Casablanca",
    "Pacific/Chatham",
    "UTC",
  ])("there and back, around each change of a year in %s", (zone) => {
    const day = 86_400_000;
    const from = at("2026-01-01T00:00:00Z");
    const days = Array.from({ length: 366 }, (_, i) => from + i * day);
    const changes = days.filter((one) => offsetOf(one, zone) !== offsetOf(one + day, zone));
    for (const change of [from, ...changes]) {
      for (let moment = change - day / 2; moment < change + 1.5 * day; moment += 7 * 60_000) {
        const shown = wallOf(moment, zone);
        const found = momentOf(shown, zone);
        expect(wallOf(found.at, zone)).toBe(shown);
        expect(found.is).not.toBe("skipped");
        if (found.at !== moment) {
          expect(found.is).toBe("twice");
          expect(found.at).toBeLessThan(moment);
        }
      }
    }
  });
});

test("days begin at midnight, or where the day begins without one", () => {
  expect(dayStart(at("2027-03-28T12:00:00Z"), berlin)).toBe(at("2027-03-27T23:00:00Z"));
  // Santiago sets its clocks at midnight: the day begins at one.
  expect(dayStart(at("2026-09-06T12:00:00Z"), "America/Santiago")).toBe(at("2026-09-06T04:00:00Z"));
  expect(offsetOf(at("2026-09-06T04:00:00Z"), "America/Santiago")).toBe(-3 * 3_600_000);
});

test("days of the calendar", () => {
  expect(weekday(wall("2026-11-23T00:00:00"))).toBe(0);
  expect(weekday(wall("2026-11-29T23:59:00"))).toBe(6);
  expect(weekday(wall("1969-12-29T12:00:00"))).toBe(0);
  expect(dateText(plusDays(wall("2026-12-31T17:00:00"), 1))).toBe("2027-01-01");
  expect(parseDate("2026-02-28")).toBe(wall("2026-02-28T00:00:00"));
  for (const bad of [undefined, "", "2026-02-29", "2026-13-01", "tomorrow"]) {
    expect(parseDate(bad)).toBeNull();
  }
});

test("fields are of a zone", () => {
  expect(fieldText(at("2026-11-26T08:05:00Z"), "America/New_York")).toBe("2026-11-26T03:05");
  expect(parseField("2026-11-26T03:05", "America/New_York")?.at).toBe(at("2026-11-26T08:05:00Z"));
  expect(parseField("", berlin)).toBeNull();
  expect(parseField("2026-11-26", berlin)).toBeNull();
  expect(parseField("2027-03-28T02:30", berlin)?.is).toBe("skipped");
  expect(isZone("Europe/Berlin")).toBe(true);
  expect(isZone("Europe/Atlantis")).toBe(false);
});
