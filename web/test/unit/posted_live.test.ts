import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { noFilter, type PostedList, patchPosted, postedListQuery } from "../../src/api/posted";
import { keys } from "../../src/api/queries";
import type { Entry } from "../../src/api/types";
import { Applier } from "../../src/live/apply";
import { ChangeLog, postedChanges } from "../../src/live/changes";
import { posted } from "./posted_make";

describe("the log of changed alerts", () => {
  test("names each once since a point", () => {
    const log = new ChangeLog();
    log.add("a");
    const at = log.at;
    for (const id of ["b", "c", "b"]) log.add(id);
    expect(log.since(at)).toEqual(["b", "c"]);
    expect(log.since(log.at)).toEqual([]);
  });

  test("says when it does not remember: after many, and when all may have changed", () => {
    const log = new ChangeLog();
    const begin = log.at;
    for (let i = 0; i < 200; i++) log.add(`a${i}`);
    expect(log.since(begin)).toBeNull();
    const later = log.at;
    log.add("x");
    expect(log.since(later)).toEqual(["x"]);
    log.addAll();
    expect(log.since(later)).toBeNull();
    expect(log.since(log.at)).toEqual([]);
  });
});

const entry = (kind: string, subject_id: string, seq = 1): Entry => ({
  seq,
  happened_at: "2026-01-05T12:00:00.000Z",
  recorded_at: "2026-01-05T12:00:00.000Z",
  actor: "system:engine",
  kind,
  subject_kind: kind.split(".")[0] ?? "",
  subject_id,
  incident: null,
  data: {},
});

describe("the stream", () => {
  const client = new QueryClient();
  let asked: string[];
  let time = 0;
  let applier: Applier;
  const list = [...keys.posted, "list", noFilter];
  beforeEach(() => {
    asked = [];
    client.clear();
    client.invalidateQueries = (filter) => {
      asked.push(((filter?.queryKey ?? []) as string[]).slice(0, 3).map(String).join(" "));
      return Promise.resolve();
    };
    for (const key of [
      list,
      [...keys.posted, "one", "f1"],
      [...keys.posted, "one", "f2"],
      [...keys.posted, "history", "f1"],
    ]) {
      client.setQueryData(key, {});
    }
    applier = new Applier(
      client,
      (run) => run(),
      () => (time += 2000),
    );
  });
  const take = (...entries: Entry[]) => applier.take({ kind: "entries", entries });

  test("an alert's entry touches it, its history and the list, and no incident", () => {
    const at = postedChanges.at;
    take(entry("posted_alert.fired", "f1"));
    expect(asked).toEqual(["posted list [object Object]", "posted one f1", "posted history f1"]);
    expect(postedChanges.since(at)).toEqual(["f1"]);
  });

  test("a silence may touch all of them, a notification only histories and details", () => {
    const at = postedChanges.at;
    take(entry("notification.sent", "group"));
    expect(asked).toEqual(["posted one f1", "posted one f2", "posted history f1"]);
    asked = [];
    take(entry("silence.created", "s1"));
    expect(asked).toContain("silences");
    expect(asked).toContain("posted list [object Object]");
    expect(postedChanges.since(at)).toBeNull();
  });
});

describe("the list", () => {
  const requests: string[] = [];
  let answers: Record<string, unknown>;
  const alerts = Array.from({ length: 5 }, (_, i) =>
    posted({ n: String(i) }, { fingerprint: `f${i}` }),
  );
  beforeEach(() => {
    requests.length = 0;
    answers = {};
    vi.stubGlobal("fetch", async (url: string) => {
      requests.push(url);
      const path = url.split("?")[0] ?? "";
      const body = url.includes("?") ? { alerts, total: 5, next: null, seq: 1 } : answers[path];
      return new Response(JSON.stringify(body ?? {}), { status: body ? 200 : 404 });
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  test("reads again only the alerts that changed: new, other and gone ones", async () => {
    const client = new QueryClient();
    const query = postedListQuery(noFilter);
    const first = await client.fetchQuery(query);
    expect(first.alerts).toHaveLength(5);
    for (const id of ["f1", "f2", "f9"]) postedChanges.add(id);
    answers["/api/v1/posted-alerts/f1"] = { ...alerts[1], state: "resolved" };
    answers["/api/v1/posted-alerts/f9"] = posted({ n: "9" }, { fingerprint: "f9" });
    requests.length = 0;
    const second = await client.fetchQuery(query);
    expect(requests.every((url) => !url.includes("?"))).toBe(true);
    expect(second.alerts.map((alert) => alert.fingerprint)).toEqual(["f0", "f1", "f3", "f4", "f9"]);
    expect(second.alerts[1]?.state).toBe("resolved");
    expect(second.total).toBe(5);
    // What did not change stays the same object.
    expect(second.alerts[0]).toBe(first.alerts[0]);

    postedChanges.addAll();
    requests.length = 0;
    await client.fetchQuery(query);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toContain("?");
  });

  test("the same answer is the same object, so that nothing is drawn for it", async () => {
    const client = new QueryClient();
    const query = postedListQuery(noFilter);
    const first = await client.fetchQuery(query);
    const again = { ...first, alerts: first.alerts.map((alert) => ({ ...alert })) };
    client.setQueryData(query.queryKey, again);
    const share = query.structuralSharing as (a: unknown, b: unknown) => PostedList;
    expect(share(first, again)).toBe(first);
    expect(share(first, { ...again, total: 6 }).alerts).toBe(first.alerts);
    const [one, ...others] = again.alerts;
    const changed = share(first, { ...again, alerts: [...others, { ...one, team: "x" }] });
    expect(changed.alerts[0]).toBe(first.alerts[1]);
    expect(changed.alerts[4]?.team).toBe("x");
  });

  test("what is done is in every list before the server says it, and is read again", () => {
    const client = new QueryClient();
    const key = postedListQuery(noFilter).queryKey;
    const list: PostedList = { alerts, total: 5, isWhole: true, upTo: 0, readAt: 0 };
    client.setQueryData(key, list);
    const at = postedChanges.at;
    patchPosted(client, ["f3"], (alert) => ({
      ...alert,
      acknowledged: { by: "user:ada", at: "" },
    }));
    expect(client.getQueryData<PostedList>(key)?.alerts[3]?.acknowledged?.by).toBe("user:ada");
    expect(client.getQueryData<PostedList>(key)?.alerts[2]?.acknowledged).toBeUndefined();
    expect(postedChanges.since(at)).toEqual(["f3"]);
  });
});
