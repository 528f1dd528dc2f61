// Alerts as groups within groups, and those as the rows of a list.
import type { PostedAlert } from "../api/types";
import { byUrgency, type Standing, standingOf, urgencyOf } from "./posted";

export interface Group {
  key: string;
  // More than one where a group's only group was joined to it.
  labels: readonly { name: string; value: string }[];
  alerts: PostedAlert[]; // all below it, the most urgent first
  counts: Readonly<Record<Standing, number>>;
  groups: Group[]; // empty at the innermost level
}

export type Row =
  | { kind: "group"; key: string; level: number; group: Group; open: boolean }
  | { kind: "alert"; key: string; level: number; alert: PostedAlert; group: Group | null };

export function sortAlerts(alerts: readonly PostedAlert[]): PostedAlert[] {
  return [...alerts].sort(byUrgency);
}

// `sorted`: the most urgent first.
export function groupAlerts(sorted: readonly PostedAlert[], by: readonly string[]): Group[] {
  return split(sorted, by, "");
}

function split(sorted: readonly PostedAlert[], by: readonly string[], above: string): Group[] {
  const [name, ...rest] = by;
  if (name === undefined) return [];
  const byValue = new Map<string, PostedAlert[]>();
  for (const alert of sorted) {
    const value = groupValue(alert, name);
    const known = byValue.get(value);
    if (known) known.push(alert);
    else byValue.set(value, [alert]);
  }
  const groups = [...byValue].map(([value, members]) => {
    const key = `${above}${JSON.stringify([name, value])}`;
    return join({
      key,
      labels: [{ name, value }],
      alerts: members,
      counts: countStandings(members),
      groups: split(members, rest, key),
    });
  });
  return groups.sort(byWorst);
}

// `service` is what the catalog says where the label does not.
export function groupValue(alert: PostedAlert, name: string): string {
  return alert.labels[name] ?? ((name === "service" && alert.service) || "");
}

function join(group: Group): Group {
  const [only] = group.groups;
  if (group.groups.length !== 1 || !only) return group;
  return { ...only, labels: [...group.labels, ...only.labels] };
}

function byWorst(a: Group, b: Group): number {
  const [x, y] = [a.alerts[0], b.alerts[0]];
  const urgency = (x ? urgencyOf(x) : 99) - (y ? urgencyOf(y) : 99);
  return urgency || (nameOf(a) < nameOf(b) ? -1 : 1);
}

const nameOf = (group: Group) => group.labels.map((label) => label.value).join(" ");

export function countStandings(alerts: readonly PostedAlert[]): Record<Standing, number> {
  const counts = { firing: 0, acknowledged: 0, suppressed: 0, resolved: 0 };
  for (const alert of alerts) counts[standingOf(alert)] += 1;
  return counts;
}

const known = new WeakMap<readonly PostedAlert[], ReadonlySet<string>>();

// Labels in which the alerts of a group do not differ: their rows do not repeat them. Few groups are
// in view, so it is reckoned when a row asks.
function sharedLabels(alerts: readonly PostedAlert[]): ReadonlySet<string> {
  const shared = known.get(alerts) ?? findShared(alerts);
  known.set(alerts, shared);
  return shared;
}

function findShared(alerts: readonly PostedAlert[]): ReadonlySet<string> {
  const [first, ...others] = alerts;
  if (!first || others.length === 0) return new Set();
  const shared = new Set(Object.keys(first.labels));
  for (const { labels } of others) {
    for (const name of shared) if (labels[name] !== first.labels[name]) shared.delete(name);
    if (shared.size === 0) break;
  }
  return shared;
}

// The rows of what is open. `isOpen` decides for a group's key.
export function rowsOf(groups: readonly Group[], isOpen: (group: Group) => boolean): Row[] {
  const rows: Row[] = [];
  const walk = (level: number) => (group: Group) => {
    const open = isOpen(group);
    rows.push({ kind: "group", key: group.key, level, group, open });
    if (!open) return;
    if (group.groups.length > 0) group.groups.forEach(walk(level + 1));
    else for (const alert of group.alerts) rows.push(alertRow(alert, level + 1, group));
  };
  groups.forEach(walk(0));
  return rows;
}

export function plainRows(sorted: readonly PostedAlert[]): Row[] {
  return sorted.map((alert) => alertRow(alert, 0, null));
}

function alertRow(alert: PostedAlert, level: number, group: Group | null): Row {
  return { kind: "alert", key: alert.fingerprint, level, alert, group };
}

// What tells an alert from the others of its group; the title and the groups say the rest.
export function tellingLabels(alert: PostedAlert, group: Group | null, by: readonly string[]) {
  const shared = group && sharedLabels(group.alerts);
  return Object.entries(alert.labels)
    .filter(([name]) => !by.includes(name) && !shared?.has(name) && name !== "severity")
    .map(([name, value]) => ({ name, value }));
}
