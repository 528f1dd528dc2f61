import { describe, expect, test } from "vitest";
import { covered, faultOfMatchers, proposeMatchers } from "../../src/alerts/common";
import { nextHour, parseSpan, spanText } from "../../src/alerts/spans";
import type { Matcher } from "../../src/api/types";
import { posted } from "./posted_make";

const m = (name: string, op: Matcher["op"], value: string): Matcher => ({ name, op, value });
const alerts = [
  posted({ zone: "a.1", alertname: "Down", job: "shop", only: "here" }),
  posted({ zone: "b", alertname: "Down", job: "shop" }),
];

describe("what a selection has in common", () => {
  test("equal labels, the name first; those that differ are offered as a choice of values", () => {
    const { common, narrower } = proposeMatchers(alerts);
    expect(common).toEqual([m("alertname", "=", "Down"), m("job", "=", "shop")]);
    expect(narrower).toEqual([m("zone", "=~", "a\\.1|b")]);
    expect(covered([...common, ...narrower], alerts)).toBe(2);
    expect(covered([m("zone", "=", "b")], alerts)).toBe(1);
    expect(covered([m("zone", "=~", "(")], alerts)).toBeNull();
  });

  test("one alert gives all of its labels, none gives nothing", () => {
    expect(proposeMatchers(alerts.slice(0, 1)).common).toHaveLength(4);
    expect(proposeMatchers([])).toEqual({ common: [], narrower: [] });
  });

  test("values too many to write out are not offered", () => {
    const many = Array.from({ length: 31 }, (_, i) => posted({ a: "x", pod: `p${i}` }));
    expect(proposeMatchers(many).narrower).toEqual([]);
  });
});

test("matchers that would hide everything are refused before the server does", () => {
  expect(faultOfMatchers([])).toContain("At least one");
  expect(faultOfMatchers([m("", "=", "x")])).toContain("no label's name");
  expect(faultOfMatchers([m("a", "=~", ".*")])).toContain("something that is there");
  expect(faultOfMatchers([m("a", "!=", "b")])).toContain("something that is there");
  expect(faultOfMatchers([m("a", "=~", "[")])).toContain("a: ");
  expect(faultOfMatchers([m("a", "=~", ".*"), m("b", "=", "c")])).toBeNull();
});

test("durations are read and written as Prometheus does", () => {
  expect(parseSpan("90m")).toBe(5_400_000);
  expect(parseSpan(" 1d 12h ")).toBe(36 * 3_600_000);
  for (const bad of ["", "2", "0h", "h", "1.5h", "2 hours"]) expect(parseSpan(bad)).toBeNull();
  expect(spanText(5_400_000)).toBe("1h30m");
  expect(spanText(86_400_000)).toBe("1d");
  const now = new Date(2026, 0, 5, 22, 0).getTime();
  expect(new Date(nextHour(9, now)).getDate()).toBe(6);
  expect(new Date(nextHour(23, now)).getDate()).toBe(5);
});
