import { expect, test } from "vitest";
import { failedShare, perSecond, tableRows } from "../../src/charts/points";

const chart = { at: [0, 10, 20, 30, 40], bad: [1, 0, null, 5, 0], total: [10, 0, null, 10, 40] };

test("a slot without events or without data is a gap and not zero", () => {
  expect(failedShare(chart)).toEqual([0.1, null, null, 0.5, 0]);
  expect(perSecond(chart.total, 10)).toEqual([1, 0, null, 1, 4]);
});

test("the table sums neighbours and keeps what is unknown unknown", () => {
  expect(tableRows(chart, 3)).toEqual([
    { at: 0, bad: 1, total: 10 },
    { at: 20, bad: 5, total: 10 },
    { at: 40, bad: 0, total: 40 },
  ]);
  expect(tableRows({ at: [0], bad: [null], total: [null] }, 24)).toEqual([
    { at: 0, bad: null, total: null },
  ]);
  expect(tableRows({ at: [], bad: [], total: [] }, 24)).toEqual([]);
});
