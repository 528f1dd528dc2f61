import { expect, test } from "vitest";
import { isStale, LinkStore } from "../../src/live/link";

const link = (phase: "connecting" | "live" | "lost", heardAt: number | null = null) =>
  ({ kind: "link", link: { phase, heardAt, retryAt: null } }) as const;

test("a short loss is not said, a long one is, since the last byte", () => {
  const store = new LinkStore(() => 50_000);
  store.take(link("live", 10_000));
  expect(isStale(store.snapshot(), 1_000_000)).toBe(false);
  store.take(link("lost", 10_000));
  store.take(link("connecting", 10_000));
  expect(store.snapshot().lostSince).toBe(10_000);
  expect(isStale(store.snapshot(), 13_000)).toBe(false);
  expect(isStale(store.snapshot(), 15_000)).toBe(true);
  store.take(link("live", 16_000));
  expect(isStale(store.snapshot(), 30_000)).toBe(false);
});

test("the first build is ours, another one is a new version", () => {
  const store = new LinkStore();
  store.take({ kind: "hello", seq: 1, build: "b1" });
  store.take({ kind: "hello", seq: 2, build: "b1" });
  expect(store.snapshot().newVersion).toBe(false);
  store.take({ kind: "hello", seq: 3, build: "b2" });
  expect(store.snapshot().newVersion).toBe(true);
});
