import { describe, expect, test } from "vitest";
import { moreOf, reasonsOf } from "../../src/alerts/posted";
import { countRoutes, readLabels, stepWords } from "../../src/alerts/walk";
import type { AlertEvent, Route } from "../../src/api/types";
import { happeningOf, suppressionWord } from "../../src/words/posted";
import { posted } from "./posted_make";

const reason = ({ kind, by }: { kind: string; by: string }) => `${kind} ${by}`;
const happens = (kind: string, data: object = {}, actor = "system:dispatcher") =>
  happeningOf({ seq: 7, kind, data, actor, happened_at: "" } as unknown as AlertEvent, 1, reason);

describe("the history of an alert", () => {
  test("says who was told, how, after how many tries, and what was answered", () => {
    const data = {
      receiver: "pager",
      integration: "slack",
      told_as: "firing",
      tries: 3,
      reason: "first notification",
      answer: "ok",
    };
    expect(happens("notification.sent", data)).toMatchObject({
      text: "pager was told by slack, after 3 tries",
      detail: "first notification · ok",
      tone: "info",
    });
    expect(happens("notification.sent", { ...data, told_as: "resolved", tries: 1 })).toMatchObject({
      text: "pager was told that it is over by slack",
      tone: "ok",
    });
    expect(happens("notification.failed", data).tone).toBe("critical");
    expect(happens("notification.sent", { ...data, maybe_duplicate: true }).detail).toContain(
      "perhaps twice",
    );
  });

  test("says why nobody is told, and a person's part by name", () => {
    const by = [{ kind: "silence", by: "s1" }];
    expect(happens("posted_alert.suppressed", { receiver: "pager", by })).toMatchObject({
      text: "pager is not told",
      detail: "silence s1",
    });
    expect(happens("posted_alert.acknowledged", { comment: "mine" }, "user:ada")).toMatchObject({
      actor: "ada",
      text: "has it",
      detail: "mine",
    });
  });

  test("shows a kind that it does not know by its name and data", () => {
    expect(
      happens("posted_alert.joined_problem", { problem: "alr_1", before: 3, deep: {} }),
    ).toMatchObject({
      text: "Posted alert joined problem",
      detail: "problem alr_1",
    });
    expect(suppressionWord("moon_phase")).toBe("Moon phase");
  });
});

test("a snooze is a reason, once, and nothing is suppressed that is over", () => {
  const snoozed = { by: "user:ada", at: "", until: "" };
  expect(reasonsOf(posted({}, { snoozed }))).toEqual([{ kind: "snooze", by: "user:ada" }]);
  const named = [{ kind: "snooze", by: "ada" }];
  expect(reasonsOf(posted({}, { snoozed, suppressed_by: named }))).toEqual(named);
  expect(reasonsOf(posted({}, { snoozed, state: "resolved" }))).toEqual([]);
});

describe("a walk", () => {
  test("takes labels, and says what is none", () => {
    expect(readLabels('a=1 "b c"="d e"')).toEqual({ labels: { a: "1", "b c": "d e" }, faults: [] });
    const { labels, faults } = readLabels("a=1 word b=~x c=");
    expect(labels).toEqual({ a: "1" });
    expect(faults).toEqual([
      "word is no label: write name=value",
      "an alert has one value of b: write b=value",
      expect.stringContaining("c= needs a value"),
    ]);
  });

  test("says of each route why", () => {
    const route = (id: string, more: Partial<Route>, routes: Route[] = []) =>
      ({ id, matchers: [], receiver: `to-${id}`, ...more, routes }) as unknown as Route;
    const text = (words: string) => [{ name: "a", op: "=", value: "b", text: words }];
    const failed = route("1", { at: "failed", failed_matcher: 'x="y"' });
    const taken = route("2", { at: "taken", matchers: text('a="b"') });
    const after = route("3", { at: "not_reached", stopped_by: "2" });
    const below = route("4", { at: "not_reached", stopped_by: null });
    const root = route("0", { at: "passed" }, [failed, taken, { ...after, routes: [below] }]);
    const words = [root, failed, taken, after, below].map((one) => stepWords(one, root));
    expect(words).toEqual([
      "fits; a route below takes it",
      'x="y" does not fit',
      "",
      'a="b" took it and does not go on',
      "the route above it is not on the way",
    ]);
    expect(countRoutes(root)).toBe(5);
  });
});

test("a row says more than its title, or nothing", () => {
  const says = (annotations: Record<string, string>) => moreOf(posted({ a: "b" }, { annotations }));
  expect(says({ summary: "Slow", impact: "Paying is slow", description: "x" })).toBe(
    "Paying is slow",
  );
  expect(says({ summary: "Slow", description: "One\nTwo" })).toBe("One");
  expect(says({ description: "One\nTwo" })).toBe("");
  expect(says({})).toBe("");
});
