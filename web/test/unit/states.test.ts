import { expect, test } from "vitest";
import { urlOf } from "../../src/api/client";
import type { Objective, Status } from "../../src/api/types";
import { freshnessOf } from "../../src/routes/now/freshness";
import { movesFrom, objectiveMark, severityMark, worstFirst } from "../../src/words/severity";

const status = (last: string | null) => ({ ingest: { last_sample_at: last } }) as Status;

test("silence of the input is late after two minutes, and never is its own answer", () => {
  const now = Date.parse("2026-01-05T00:10:00Z");
  expect(freshnessOf(status("2026-01-05T00:08:01.000Z"), now)).toBe("fresh");
  expect(freshnessOf(status("2026-01-05T00:07:59.000Z"), now)).toBe("late");
  expect(freshnessOf(status(null), now)).toBe("never");
});

test("the worst objective comes first; of the same state the one with less budget", () => {
  const of = (name: string, state: Objective["state"], left: number | null) =>
    ({ name, display_name: name, state, budget: { left } }) as Objective;
  const sorted = [
    of("a", "ok", 0.9),
    of("b", "no_data", 1),
    of("c", "exhausted", -1),
    of("d", "ok", 0.2),
    of("e", "burning", 0.5),
    of("f", "ok", null),
  ].sort(worstFirst);
  expect(sorted.map((one) => one.name)).toEqual(["e", "c", "b", "d", "a", "f"]);
});

test("a word that the page does not know is still shown", () => {
  expect(objectiveMark("paused" as never)).toEqual({ tone: "unknown", word: "PAUSED" });
  expect(severityMark(9).word).toBe("SEV-9");
});

test("moves by hand: none from what has ended, but closing what is resolved", () => {
  expect(movesFrom("resolved")).toEqual(["closed"]);
  expect(movesFrom("declined")).toEqual([]);
  expect(movesFrom("investigating")).not.toContain("investigating");
  expect(movesFrom("investigating")).not.toContain("triage");
});

test("addresses: parameters are encoded and undefined ones left out", () => {
  expect(
    urlOf("/api/v1/objectives/{id}/chart", {
      path: { id: "a/b c" },
      query: { window: "1h", x: undefined },
    }),
  ).toBe("/api/v1/objectives/a%2Fb%20c/chart?window=1h");
});
