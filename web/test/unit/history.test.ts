import { expect, test } from "vitest";
import {
  askedOf,
  fieldOf,
  groupLine,
  happenings,
  momentOf,
  namesOf,
} from "../../src/alerts/history";
import type { AlertEvent } from "../../src/api/types";
import { happeningOf } from "../../src/words/posted";

test("the address becomes a search: matchers, words as one text, kinds", () => {
  const asked = askedOf({ q: 'severity=page job=~"a|b" disk FULL', kind: "told,failed" });
  expect(asked.matcher).toEqual(['severity="page"', 'job=~"a|b"']);
  expect(asked.q).toBe("disk full");
  expect(asked.kind).toEqual(["notification.sent", "notification.failed", "notification.cut_off"]);
  expect(askedOf({})).toMatchObject({ q: undefined, matcher: [], kind: [], last: undefined });
});

test("all kinds at once are no more than the server takes", () => {
  const all = happenings.map(({ name }) => name).join(",");
  expect(askedOf({ kind: all }).kind.length).toBeLessThanOrEqual(20);
  expect(namesOf("failed,nonsense,told")).toEqual(["told", "failed"]);
});

test("a span up to now stands in the place of from and to", () => {
  const between = { from: "2026-01-05T12:00:00.000Z", to: "2026-01-06T12:00:00.000Z" };
  expect(askedOf({ ...between, span: "between" })).toMatchObject({ ...between, last: undefined });
  expect(askedOf({ ...between, span: "1d" })).toMatchObject({
    from: undefined,
    to: undefined,
    last: 86_400_000,
  });
});

test("a field's time and the address's moment are the same", () => {
  const moment = momentOf("2026-01-05T12:30");
  expect(fieldOf(moment)).toBe("2026-01-05T12:30");
  expect(momentOf("")).toBeUndefined();
  expect(fieldOf(undefined)).toBe("");
  expect(fieldOf("nonsense")).toBe("");
});

test("a group's key leads to its alerts", () => {
  expect(groupLine('{}/{team="a"}:{alertname="X", "my label"="y"}')).toBe(
    'alertname="X" "my label"="y"',
  );
  expect(groupLine("{}:{}")).toBe("");
  expect(groupLine("nothing")).toBe("");
});

const happens = (kind: string, data: object, actor = "system:dispatcher") =>
  happeningOf({ seq: 1, kind, data, actor, happened_at: "" } as unknown as AlertEvent, 1, String);

test("a group's notification says how many it told of", () => {
  const data = { receiver: "pager", integration: "slack", reason: "new", firing: 3, resolved: 1 };
  expect(happens("notification.sent", data)).toMatchObject({
    text: "pager was told by slack",
    detail: "new · 3 firing, 1 over",
  });
  expect(happens("notification.sent", { ...data, firing: 0 }).text).toContain("that it is over");
});

test("silences have sentences of their own", () => {
  const data = { comment: "new disks", matchers: '{a="b"}' };
  expect(happens("silence.created", data, "user:ada")).toMatchObject({
    text: "made a silence",
    detail: 'new disks · {a="b"}',
    actor: "ada",
  });
  expect(happens("silence.expired", data).actor).toBe("");
});
