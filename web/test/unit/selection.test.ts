import { beforeEach, expect, test } from "vitest";
import { groupAlerts, type Row, rowsOf, sortAlerts } from "../../src/alerts/grouping";
import { SelectionStore } from "../../src/alerts/selection";
import { posted } from "./posted_make";

// A: 1 2, B: 3 4; each alert's fingerprint is its number.
const alerts = sortAlerts(
  ["A1", "A2", "B3", "B4"].map(([name, n]) =>
    posted({ alertname: name ?? "" }, { fingerprint: n ?? "" }),
  ),
);
const groups = groupAlerts(alerts, ["alertname"]);
const open = rowsOf(groups, () => true);
const closed = rowsOf(groups, () => false);

let store: SelectionStore;
beforeEach(() => {
  store = new SelectionStore();
});
const chosen = () => [...store.snapshot()].sort().join("");
const row = (rows: Row[], at: number) => {
  const found = rows[at];
  if (!found) throw new Error(`no row ${at}`);
  return found;
};

test("a row, and a group as a whole; a part of it becomes the whole first", () => {
  store.toggle(row(open, 1));
  expect(chosen()).toBe("1");
  store.toggle(row(open, 0));
  expect(chosen()).toBe("12");
  store.toggle(row(open, 0));
  expect(chosen()).toBe("");
});

test("a range goes either way, over the rows and not over all of a group that it touches", () => {
  store.toggle(row(open, 2)); // 2
  store.rangeTo(row(open, 4), open); // over B's own row to 3
  expect(chosen()).toBe("23");
  store.clear();
  store.toggle(row(open, 5));
  store.rangeTo(row(open, 2), open);
  expect(chosen()).toBe("234");
});

test("a closed group within a range comes with all that it hides", () => {
  store.toggle(row(closed, 0));
  store.rangeTo(row(closed, 1), closed);
  expect(chosen()).toBe("1234");
});

test("a range without a begin is the row alone, and what is gone is no begin", () => {
  store.rangeTo(row(open, 4), open);
  expect(chosen()).toBe("3");
  store.rangeTo(row(open, 5), open.slice(5));
  expect(chosen()).toBe("34");
});

test("tells when it changes, and gives the same object until then", () => {
  let told = 0;
  const end = store.subscribe(() => told++);
  const before = store.snapshot();
  expect(store.snapshot()).toBe(before);
  store.add(row(open, 1), true);
  expect(store.snapshot()).not.toBe(before);
  end();
  store.clear();
  expect(told).toBe(1);
});
