import { describe, expect, test } from "vitest";
import {
  faultsOf,
  matchersOf,
  parseLine,
  readMatcher,
  readMatchers,
  testOfLine,
  withPart,
  wordsOf,
} from "../../src/alerts/line";
import { matcherText, regExpOf, testOf } from "../../src/alerts/matcher";
import type { Matcher } from "../../src/api/types";
import { posted } from "./posted_make";

const matchers = (line: string) => matchersOf(parseLine(line));
const faults = (line: string) => faultsOf(parseLine(line));
const m = (name: string, op: Matcher["op"], value: string): Matcher => ({ name, op, value });

describe("the filter line", () => {
  test("reads each operator, bare and quoted, with spaces or commas between", () => {
    expect(matchers('severity=page,job=~"shop.*"  dc!=fra a!~b|c')).toEqual([
      m("severity", "=", "page"),
      m("job", "=~", "shop.*"),
      m("dc", "!=", "fra"),
      m("a", "!~", "b|c"),
    ]);
    expect(matchers('instance = "a b" , x != y')).toEqual([
      m("instance", "=", "a b"),
      m("x", "!=", "y"),
    ]);
  });

  test("takes what is pasted from elsewhere: braces, escapes, quoted names", () => {
    expect(matchers('{a="1",b=~"x{2}"}')).toEqual([m("a", "=", "1"), m("b", "=~", "x{2}")]);
    expect(matchers("{a=1}")).toEqual([m("a", "=", "1")]);
    expect(matchers('text="say \\"hi\\"" "my label"=x')).toEqual([
      m("text", "=", 'say "hi"'),
      m("my label", "=", "x"),
    ]);
    expect(matchers('re=~"a\\.b"')).toEqual([m("re", "=~", "a\\.b")]);
  });

  test("the rest are words, a quoted one with its spaces", () => {
    const parts = parseLine('disk severity=page "cannot pay" foo!bar');
    expect(wordsOf(parts)).toEqual(["disk", "cannot pay", "foo!bar"]);
    expect(faultsOf(parts)).toEqual([]);
  });

  test.each([
    ["severity=", 'severity= needs a value; severity="" asks for the label\'s absence'],
    ['job="shop', "the quote of job is not closed"],
    ["=page", "a label's name is missing before ="],
    ["job=~(a", "the expression of job is wrong"],
    ["job=~a(?=b)", "look-around is not known to the server"],
    ["job=~(a)\\1", "back references are not known to the server"],
    ['"open', "the quote is not closed"],
  ])("says what is wrong with %s, and keeps the rest", (line, says) => {
    const parts = parseLine(`dc=fra ${line}`);
    expect(faultsOf(parts)).toHaveLength(1);
    expect(faultsOf(parts)[0]).toContain(says);
    expect(matchersOf(parts)).toEqual([m("dc", "=", "fra")]);
  });

  test("a missing value does not swallow the next part", () => {
    expect(matchers("severity= job=x")).toEqual([m("job", "=", "x")]);
    expect(faults("severity= job=x")).toHaveLength(1);
  });

  test("fits alerts: all matchers and all words", () => {
    const alert = posted(
      { alertname: "DiskFull", severity: "page", instance: "db-1" },
      { annotations: { summary: "The disk of db-1 is full" }, team: "storage" },
    );
    const fits = (line: string) => testOfLine(parseLine(line))?.(alert);
    expect(fits("severity=page disk")).toBe(true);
    expect(fits("severity=page DISK storage")).toBe(true);
    expect(fits("severity=page network")).toBe(false);
    expect(fits("severity!=page disk")).toBe(false);
    expect(fits("instance=~db")).toBe(false); // anchored
    expect(fits("instance=~db.*")).toBe(true);
    expect(fits('cluster=""')).toBe(true); // a missing label is an empty one
    expect(fits("cluster!=x")).toBe(true);
    expect(testOfLine(parseLine("  severity="))).toBeUndefined();
  });

  test("a label is added once", () => {
    expect(withPart("", "a=b")).toBe("a=b");
    expect(withPart("x ", "a=b")).toBe("x a=b");
    expect(withPart("a=b x", "a=b")).toBe("a=b x");
  });
});

describe("expressions mean what RE2 means by them", () => {
  test.each([
    ["(?i)shop", "SHOP", true],
    ["[[:alpha:]]+", "abc", true],
    ["[[:alpha:]]+", "a1", false],
    ["(?P<x>a)b", "ab", true],
    ["a\\-b", "a-b", true],
    [".", "🙂", true],
    ["a|b", "ab", false],
    ["a.b", "a\nb", false],
  ])("%s on %s", (pattern, text, fits) => {
    expect(regExpOf(pattern).test(text)).toBe(fits);
  });
});

test("matchers go to the server's text and back", () => {
  for (const op of ["=", "!=", "=~", "!~"] as const) {
    const one = m("a", op, 'x "y" \\ \n');
    expect(readMatcher(matcherText(one))).toEqual(one);
  }
  expect(readMatcher('"my label"="b"')).toEqual(m("my label", "=", "b"));
  // An expression that only the server can read is still a matcher.
  expect(readMatcher('a=~"(?U)x+"')).toEqual(m("a", "=~", "(?U)x+"));
  expect(readMatchers(["no matcher", 'a="b', '="b"', 'a="b"'])).toEqual([m("a", "=", "b")]);
  const odd = m("my label", "=~", 'a"\\d');
  expect(matchers(matcherText(odd))).toEqual([{ ...odd }]);
  expect(testOf(m("a", "!~", "x.*"))({ a: "xy" })).toBe(false);
});
