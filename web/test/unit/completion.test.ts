import { describe, expect, test, vi } from "vitest";
import { applyChoice, completeAt, indexLabels, indexSlowly } from "../../src/alerts/completion";
import { warmUp } from "../../src/alerts/warm";
import { posted } from "./posted_make";

const index = indexLabels([
  posted({ alertname: "Down", severity: "page", dc: "fra" }),
  posted({ alertname: "Slow", severity: "page", dc: "ams two" }),
  posted({ alertname: "Shop Down", severity: "warning" }),
]);
const at = (line: string) => {
  const caret = line.indexOf("^");
  const text = line.replace("^", "");
  return { text, ...completeAt(text, caret, index) };
};
const texts = (line: string) => at(line).choices.map((choice) => choice.text);

test("names at the begin, after a space, and for what was typed", () => {
  expect(texts("^")).toEqual(["dc", "severity", "alertname"]);
  expect(texts("dc=fra ^")).toContain("severity");
  expect(texts("s^")).toEqual(["severity"]);
  expect(texts("name^")).toEqual(["alertname"]);
  expect(at("sev^").choices[0]).toMatchObject({ insert: "severity=", note: "2 values" });
});

test("values of the label, the frequent first, begins before contains", () => {
  expect(texts("severity=^")).toEqual(["page", "warning"]);
  expect(at("severity=^").choices[0]?.note).toBe("2 alerts");
  expect(texts("alertname=down^")).toEqual(["Down", "Shop Down"]);
  expect(texts('alertname="Sh^')).toEqual(["Shop Down"]);
  expect(texts("nothing=^")).toEqual([]);
  expect(texts('severity="page"^')).toEqual([]);
});

test("of an expression the last alternative", () => {
  const { choices, text, ...place } = at("severity=~page|w^");
  expect(choices[0]).toMatchObject({ text: "warning", insert: '"page|warning"' });
  const [choice] = choices;
  if (!choice) throw new Error("no choice");
  expect(applyChoice(text, { choices, ...place }, choice).line).toBe('severity=~"page|warning" ');
});

test("a choice takes the place of what was typed and leaves the rest", () => {
  const put = (line: string) => {
    const { text, ...completion } = at(line);
    const [choice] = completion.choices;
    if (!choice) throw new Error("no choice");
    const { line: after, caret } = applyChoice(text, completion, choice);
    return `${after.slice(0, caret)}^${after.slice(caret)}`;
  };
  expect(put("sev^ dc=fra")).toBe("severity=^ dc=fra");
  expect(put("severity=p^")).toBe("severity=page ^");
  expect(put("severity=p^ge dc=fra")).toBe("severity=page ^dc=fra");
  expect(put('alertname="sh^op"')).toBe('alertname="Shop Down" ^');
});

describe("what is made beforehand", () => {
  const many = Array.from({ length: 2500 }, (_, i) =>
    posted({ alertname: `A${i % 7}`, instance: `i${i}` }),
  );
  test("the index in pieces is that of all at once, and one that is ended says nothing", () => {
    vi.useFakeTimers();
    try {
      const done = vi.fn();
      indexSlowly(many, 100, done);
      vi.advanceTimersByTime(99);
      expect(done).not.toHaveBeenCalled();
      vi.runAllTimers();
      expect(done.mock.calls).toEqual([[indexLabels(many)]]);
      const stopped = vi.fn();
      const stop = indexSlowly(many, 100, stopped);
      vi.advanceTimersByTime(110);
      stop();
      vi.runAllTimers();
      expect(stopped).not.toHaveBeenCalled();
      indexSlowly([], 100, stopped);
      vi.runAllTimers();
      expect(stopped.mock.calls).toEqual([[new Map()]]);
    } finally {
      vi.useRealTimers();
    }
  });
  test("warming up ends by itself, or when it is told to", () => {
    vi.useFakeTimers();
    try {
      const before = JSON.stringify(many[0]);
      const stop = warmUp(many, ["alertname"]);
      vi.advanceTimersByTime(230);
      expect(vi.getTimerCount()).toBe(1);
      stop();
      expect(vi.getTimerCount()).toBe(0);
      warmUp(many, ["alertname"]);
      vi.advanceTimersByTime(5000);
      expect(vi.getTimerCount()).toBe(0);
      warmUp(many.slice(0, 10), []);
      vi.advanceTimersByTime(5000);
      expect(vi.getTimerCount()).toBe(0);
      expect(JSON.stringify(many[0])).toBe(before);
    } finally {
      vi.useRealTimers();
    }
  });
});
