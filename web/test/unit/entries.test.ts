import { expect, test } from "vitest";
import type { Entry } from "../../src/api/types";
import { actorText } from "../../src/words/actors";
import { entryLine, saysActor } from "../../src/words/entries";

const entry = (kind: string, data: Record<string, unknown>, more: Partial<Entry> = {}): Entry => ({
  seq: 1,
  happened_at: "2026-01-05T00:00:00.000Z",
  recorded_at: "2026-01-05T00:00:00.000Z",
  actor: "system:incident",
  kind,
  subject_kind: "incident",
  subject_id: "inc_1",
  incident: "inc_1",
  data: data as Entry["data"],
  ...more,
});
const nameOf = (id: string) => (id === "ada" ? "Ada" : id);

test("a person's deed begins with the person, ours does not", () => {
  const acknowledged = entry("incident.acknowledged", {}, { actor: "user:ada" });
  expect(entryLine(acknowledged).text).toBe("has it: nobody else is rung");
  expect(saysActor(acknowledged)).toBe(true);
  expect(saysActor(entry("alert.fired", { summary: "x" }))).toBe(false);
});

test("people are called by name, and a failure says why", () => {
  const failed = entry("page.failed", { person: "ada", why: "mail: connection refused" });
  expect(entryLine(failed, nameOf).text).toBe("Ada could not be reached: mail: connection refused");
});

test("the same move is a decision by a person and a recovery by the engine", () => {
  const data = { from: "mitigating", to: "monitoring" };
  expect(entryLine(entry("incident.moved", data)).text).toContain("watching the recovery");
  const byHand = entry("incident.moved", { ...data, note: "rolled back" }, { actor: "user:ada" });
  expect(entryLine(byHand)).toMatchObject({ quote: "rolled back", tone: "ok" });
  expect(saysActor(byHand)).toBe(true);
});

test("a message of the recovery is not called a page", () => {
  const sent = entry(
    "delivery.sent",
    { person: "ada", channel: "mail" },
    { subject_kind: "recovery" },
  );
  expect(entryLine(sent, nameOf).text).toBe("The news of the recovery for Ada by mail went out");
});

test("a note keeps the writer's words apart", () => {
  expect(entryLine(entry("incident.noted", { text: "<b>pool</b>" })).quote).toBe("<b>pool</b>");
});

test("a kind that we do not know is shown with its data and hides nothing", () => {
  const odd = entry("clock.jumped", { by_seconds: 3600, list: [1], nothing: null });
  expect(entryLine(odd)).toEqual({ text: "clock jumped · by seconds 3600", tone: "none" });
  expect(entryLine(entry("x.y", null as never)).text).toBe("x y");
});

test("actors", () => {
  expect(actorText("user:ada")).toBe("ada");
  expect(actorText("system:engine")).toBe("Tocsin");
  expect(actorText("token:ci")).toBe("ci (token)");
  expect(actorText("link:grace")).toBe("grace (by link)");
});

test("what policies do has sentences of its own", () => {
  const told = (kind: string, data: Record<string, unknown>) =>
    entryLine(entry(kind, data, { subject_kind: "page" }), nameOf).text;
  expect(told("escalation.brought_in", { people: ["ada", "grace"] })).toBe(
    "Not resolved: more people are brought in: Ada, grace",
  );
  expect(told("escalation.brought_in", { people: [] })).toBe(
    "Not resolved: more people are brought in",
  );
  expect(told("escalation.fallback", { why: "payments has nobody", people: ["ada"] })).toBe(
    "Others are rung: payments has nobody: Ada",
  );
  expect(told("escalation.answered", { have: 1, wanted: 2 })).toBe(
    "answered: 1 of 2, more are rung",
  );
  expect(told("page.rung", { person: "ada", via: "via schedule payments" })).toBe(
    "Ringing Ada, via schedule payments",
  );
  expect(told("delivery.undelivered", { person: "ada", channel: "sms", reason: "no route" })).toBe(
    "The page for Ada by SMS did not arrive: no route",
  );
});
