import { describe, expect, test } from "vitest";
import {
  budgetText,
  countText,
  percentText,
  plural,
  shortCountText,
  targetText,
  timesText,
} from "../../src/words/numbers";

describe("percentText", () => {
  test.each([
    [0, "0%"],
    [0.5, "50%"],
    [0.38, "38%"],
    [0.381, "38.1%"],
    [0.0044, "0.44%"],
    [0.00034, "0.034%"],
    [0.0000001, "<0.0001%"],
    [0.9999, "99.99%"],
    [0.99998, "99.998%"],
    [1, "100%"],
    [-0.18, "-18%"],
    [1.18, "118%"],
  ])("%d is %s", (share, text) => expect(percentText(share)).toBe(text));

  test("what is not all is never said to be all", () => {
    for (let nines = 2; nines <= 6; nines++) {
      expect(percentText(1 - 10 ** -nines)).not.toBe("100%");
    }
  });
});

test("a target is written as it was promised", () => {
  expect(targetText(0.999)).toBe("99.9%");
  expect(targetText(0.9995)).toBe("99.95%");
  expect(targetText(1 - 0.999)).toBe("0.1%");
});

test("what is left of a budget, and what is long gone", () => {
  expect(budgetText(0.48)).toBe("48% left");
  expect(budgetText(-0.18)).toBe("18% overspent");
  expect(budgetText(-273.27)).toBe("spent 274×");
  expect(budgetText(null)).toBe("too early to judge");
});

test("counts, multiples and plurals", () => {
  expect(countText(1204)).toBe("1,204");
  expect(countText(2.5)).toBe("2.5");
  expect(shortCountText(1_234_567)).toBe("1.2M");
  expect(timesText(14.4)).toBe("14.4×");
  expect(timesText(0.234)).toBe("0.23×");
  expect(timesText(380.4)).toBe("380×");
  expect(timesText(Number.POSITIVE_INFINITY)).toBe("–");
  expect(plural(1, "thing")).toBe("1 thing");
  expect(plural(2000, "entry", "entries")).toBe("2,000 entries");
});
