// The one selection of the page.
import { useMemo, useSyncExternalStore } from "react";
import type { Group, Row } from "../../alerts/grouping";
import { SelectionStore } from "../../alerts/selection";

const store = new SelectionStore();

export interface Selection {
  chosen: ReadonlySet<string>;
  has: (fingerprint: string) => boolean;
  countIn: (group: Group) => number;
  toggle: (row: Row) => void;
  add: (row: Row, isAdded: boolean) => void;
  rangeTo: (row: Row, rows: Row[]) => void;
  clear: () => void;
}

export function useSelection(): Selection {
  const chosen = useSyncExternalStore(store.subscribe, store.snapshot);
  return useMemo(
    () => ({
      chosen,
      has: (fingerprint) => chosen.has(fingerprint),
      countIn: ({ alerts }) =>
        chosen.size === 0 ? 0 : alerts.filter((alert) => chosen.has(alert.fingerprint)).length,
      toggle: (row) => store.toggle(row),
      add: (row, isAdded) => store.add(row, isAdded),
      rangeTo: (row, rows) => store.rangeTo(row, rows),
      clear: () => store.clear(),
    }),
    [chosen],
  );
}
