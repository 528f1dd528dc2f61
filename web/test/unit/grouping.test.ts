import { describe, expect, test } from "vitest";
import {
  groupAlerts,
  plainRows,
  rowsOf,
  sortAlerts,
  tellingLabels,
} from "../../src/alerts/grouping";
import { severityOfPosted, standingOf, titleOf } from "../../src/alerts/posted";
import { posted, startsAt } from "./posted_make";

const by = ["alertname", "service"];
const ack = { acknowledged: { by: "user:ada", at: "2026-01-05T12:00:00.000Z" } };
const alerts = sortAlerts([
  posted({ alertname: "Disk", service: "db", instance: "1", severity: "warning" }),
  posted({ alertname: "Errors", service: "shop", instance: "2", severity: "page" }, ack),
  posted({ alertname: "Errors", service: "shop", instance: "3", severity: "page" }, startsAt(1)),
  posted({ alertname: "Errors", service: "pay", instance: "4", severity: "page" }, startsAt(2)),
]);

describe("groups", () => {
  test("the worst group first, and a group's only group is joined to it", () => {
    const groups = groupAlerts(alerts, by);
    expect(groups.map((group) => group.labels.map((label) => label.value))).toEqual([
      ["Errors"],
      ["Disk", "db"],
    ]);
    expect(groups[0]?.groups.map((group) => group.labels[0]?.value)).toEqual(["pay", "shop"]);
    expect(groups[0]?.counts).toEqual({ firing: 2, acknowledged: 1, suppressed: 0, resolved: 0 });
  });

  test("nobody has it before somebody has it, then the newest", () => {
    const shop = groupAlerts(alerts, by)[0]?.groups[1];
    expect(shop?.alerts.map((alert) => alert.labels.instance)).toEqual(["3", "2"]);
  });

  test("rows are what is open, with levels", () => {
    const groups = groupAlerts(alerts, by);
    const rows = rowsOf(groups, (group) => !group.key.includes("shop"));
    expect(rows.map((row) => `${row.kind} ${row.level}`)).toEqual([
      "group 0",
      "group 1",
      "alert 2",
      "group 1",
      "group 0",
      "alert 1",
    ]);
    expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
    expect(plainRows(alerts).map((row) => row.kind)).toEqual(Array(4).fill("alert"));
    expect(groupAlerts(alerts, [])).toEqual([]);
  });

  test("the catalog's service stands in for a missing label", () => {
    const groups = groupAlerts([posted({ alertname: "A" }, { service: "shop" })], by);
    expect(groups[0]?.labels.at(-1)).toEqual({ name: "service", value: "shop" });
  });

  test("a row says only what tells it from the others", () => {
    const shop = groupAlerts(alerts, by)[0]?.groups[1] ?? null;
    const [one] = shop?.alerts ?? [];
    if (!one) throw new Error("no alert");
    expect(tellingLabels(one, shop, by)).toEqual([{ name: "instance", value: "3" }]);
  });
});

describe("one alert", () => {
  test("its mark is a tone and a word", () => {
    expect(severityOfPosted(posted({ severity: "page" }))).toMatchObject({
      tone: "critical",
      word: "PAGE",
      outlined: false,
    });
    expect(severityOfPosted(posted({ severity: "page" }, ack))).toMatchObject({ outlined: true });
    expect(severityOfPosted(posted({}))).toMatchObject({ tone: "unknown", word: "FIRING" });
    expect(severityOfPosted(posted({ severity: "warn" }, { state: "resolved" }))).toMatchObject({
      tone: "ok",
      word: "WARN",
    });
  });

  test("what is hidden is not called acknowledged", () => {
    expect(standingOf(posted({}, ack))).toBe("acknowledged");
    expect(standingOf(posted({}, { ...ack, state: "suppressed" }))).toBe("suppressed");
  });

  test("its title is what it says, or its name", () => {
    expect(titleOf(posted({ alertname: "A" }, { annotations: { summary: "S" } }))).toBe("S");
    expect(titleOf(posted({ alertname: "A" }, { annotations: { description: "D\nmore" } }))).toBe(
      "D",
    );
    expect(titleOf(posted({ alertname: "A" }))).toBe("A");
  });
});
