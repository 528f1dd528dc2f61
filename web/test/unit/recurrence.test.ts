import { describe, expect, test } from "vitest";
import {
  draftOf,
  firstDraft,
  lengthBetween,
  occurrenceText,
  recurrenceOf,
  recurringWords,
  ruleOf,
  ruleWords,
} from "../../src/alerts/recurrence";
import type { RecurringSilence } from "../../src/api/types";

const hour = 3_600_000;
const draft = firstDraft("Europe/Berlin");

test("days become a rule, in the week's order", () => {
  expect(ruleOf(["SU", "MO"])).toBe("FREQ=WEEKLY;BYDAY=MO,SU");
  expect(ruleOf(["SU", "SA", "FR", "TH", "WE", "TU", "MO"])).toBe("FREQ=DAILY");
});

test("an end that is not after the begin is on the next day", () => {
  expect(lengthBetween("02:00", "06:30")).toBe(4.5 * hour);
  expect(lengthBetween("22:00", "06:00")).toBe(8 * hour);
  expect(lengthBetween("06:00", "06:00")).toBe(24 * hour);
  expect(lengthBetween("24:00", "06:00")).toBeNull();
  expect(lengthBetween("", "06:00")).toBeNull();
});

describe("a draft", () => {
  test("of days becomes what the server takes", () => {
    expect(recurrenceOf({ ...draft, from: "22:00", until: "06:00" })).toEqual({
      rule: "FREQ=WEEKLY;BYDAY=SA,SU",
      at: "22:00",
      zone: "Europe/Berlin",
      lasts: "8h",
    });
    expect(recurrenceOf({ ...draft, first: "2026-12-05" })).toMatchObject({
      start: "2026-12-05 02:00",
    });
    expect(recurrenceOf({ ...draft, first: "2026-12-05" })).not.toHaveProperty("at");
  });
  test("of a rule is taken as it was written, without its name", () => {
    const rule = { ...draft, how: "rule" as const, rule: "RRULE:FREQ=DAILY;COUNT=3", lasts: "90m" };
    expect(recurrenceOf(rule)).toMatchObject({ rule: "FREQ=DAILY;COUNT=3", lasts: "1h30m" });
  });
  test.each([
    [{ days: [] }, "Choose at least one day"],
    [{ from: "" }, "Say when it begins"],
    [{ until: "" }, "Say when it ends"],
    [{ zone: " " }, "Say in which zone"],
    [{ how: "rule" as const, rule: " " }, "Write a rule"],
    [{ how: "rule" as const, lasts: "soon" }, "The length is none"],
    [{ how: "rule" as const, lasts: "5w" }, "from 1m to 31d"],
    [{ how: "rule" as const, lasts: "59s" }, "from 1m to 31d"],
  ])("%o is not taken", (part, why) => {
    expect(recurrenceOf({ ...draft, ...part })).toContain(why);
  });
});

const silence = (part: Partial<RecurringSilence>): RecurringSilence => ({
  id: "rec_1",
  matchers: ['a="b"'],
  rule: "FREQ=WEEKLY;BYDAY=SA,SU",
  start: "2026-01-03 22:00:00",
  zone: "Europe/Berlin",
  except: [],
  lasts: "8h",
  author: "Ada",
  comment: "",
  created_at: "2026-01-01T00:00:00.000Z",
  next_at: null,
  ...part,
});

test("a silence that was made is a draft again, and means the same", () => {
  const again = draftOf(silence({}));
  expect(again).toMatchObject({ how: "days", days: ["SA", "SU"], from: "22:00", until: "06:00" });
  expect(recurrenceOf(again)).toMatchObject({ rule: "FREQ=WEEKLY;BYDAY=SA,SU", lasts: "8h" });
  for (const part of [
    { rule: "FREQ=WEEKLY;INTERVAL=2;BYDAY=SA" },
    { rule: "FREQ=MONTHLY;BYDAY=1SU" },
    { rule: "FREQ=WEEKLY" },
    { lasts: "3d" },
  ]) {
    const kept = draftOf(silence(part));
    expect(kept.how).toBe("rule");
    expect(recurrenceOf(kept)).toMatchObject(part);
  }
});

test.each([
  ["FREQ=DAILY", "every day"],
  ["FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Mon to Fri"],
  ["FREQ=WEEKLY;BYDAY=SA,SU", "Sat, Sun"],
  ["FREQ=WEEKLY;BYDAY=MO,WE,FR", "Mon, Wed, Fri"],
  ["FREQ=MONTHLY;BYDAY=1SU", "FREQ=MONTHLY;BYDAY=1SU"],
  ["FREQ=WEEKLY;BYDAY=SA;COUNT=3", "FREQ=WEEKLY;BYDAY=SA;COUNT=3"],
])("%s is said as %s", (rule, words) => {
  expect(ruleWords(rule)).toBe(words);
});

test("a silence is said with its times, and an occurrence on the clocks that it goes by", () => {
  expect(recurringWords(silence({}))).toBe("Sat, Sun at 22:00 for 8h, Europe/Berlin");
  const at = Date.parse("2026-11-28T01:00:00Z");
  expect(occurrenceText(at, "Europe/Berlin")).toBe("Sat 28 Nov 02:00 CET");
  expect(occurrenceText(at, "America/New_York")).toMatch(/^Fri 27 Nov 20:00/);
  expect(occurrenceText(at, "No/Where")).toMatch(/Nov/);
});
