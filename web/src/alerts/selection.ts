// Which alerts are selected. Kept by fingerprint, so that it outlives filters, folds and the way to
// a detail and back; what an action acts on is always only what the filter shows.
import type { Row } from "./grouping";

export function fingerprintsOf(row: Row): string[] {
  return row.kind === "alert" ? [row.key] : row.group.alerts.map((alert) => alert.fingerprint);
}

export class SelectionStore {
  private chosen: ReadonlySet<string> = new Set();
  private last: string | null = null; // where a range begins
  private listeners = new Set<() => void>();

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = () => this.chosen;

  clear(): void {
    this.last = null;
    this.set(new Set());
  }

  // A group that is selected in part becomes selected as a whole.
  toggle(row: Row): void {
    const isWhole = fingerprintsOf(row).every((one) => this.chosen.has(one));
    this.add(row, !isWhole);
  }

  add(row: Row, isAdded: boolean): void {
    this.last = row.key;
    const next = new Set(this.chosen);
    for (const one of fingerprintsOf(row)) {
      if (isAdded) next.add(one);
      else next.delete(one);
    }
    this.set(next);
  }

  // From the row that was selected last to this one, in the order of the list.
  rangeTo(row: Row, rows: Row[]): void {
    const [from, to] = [rows.findIndex((one) => one.key === this.last), rows.indexOf(row)];
    if (from < 0 || to < 0) {
      this.add(row, true);
      return;
    }
    const next = new Set(this.chosen);
    for (const one of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      // A group's row within a range stands for its open rows, which come themselves.
      if (one.kind === "group" && one.open && one !== row) continue;
      for (const fingerprint of fingerprintsOf(one)) next.add(fingerprint);
    }
    this.last = row.key;
    this.set(next);
  }

  private set(chosen: ReadonlySet<string>): void {
    this.chosen = chosen;
    for (const listener of this.listeners) listener();
  }
}
