// What the alerts screen shows, from the address and the loaded alerts.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { indexSlowly, type LabelIndex } from "../../alerts/completion";
import {
  countStandings,
  type Group,
  groupAlerts,
  plainRows,
  rowsOf,
  sortAlerts,
} from "../../alerts/grouping";
import { matchersOf, type Part, testOfLine, wordsOf } from "../../alerts/line";
import { matcherText } from "../../alerts/matcher";
import { type Standing, standingOf, standings } from "../../alerts/posted";
import { warmUp } from "../../alerts/warm";
import { mostLoaded, noFilter, type PostedFilter, postedListQuery } from "../../api/posted";
import type { PostedAlert } from "../../api/types";
import type { AlertsSearch } from "../../router";
import { useParts } from "./line";

const defaultBy = ["alertname", "service"];
const noAlerts: PostedAlert[] = [];

// More alerts than are loaded: the filter goes to the server, too, when the fingers rest.
function useAsked(parts: Part[], isTooMany: boolean): PostedFilter {
  const [asked, setAsked] = useState(noFilter);
  useEffect(() => {
    if (!isTooMany) return;
    const timer = setTimeout(() => {
      const q = wordsOf(parts).join(" ");
      setAsked({ filter: matchersOf(parts).map(matcherText), q: q === "" ? undefined : q });
    }, 400);
    return () => clearTimeout(timer);
  }, [parts, isTooMany]);
  return isTooMany ? asked : noFilter;
}

// Names and values for completion and groups. Made when nothing else is to do, and not at every change
// of one alert among thousands.
const indexEvery = 5000;
const emptyIndex: LabelIndex = new Map();

function useLabelIndex(alerts: readonly PostedAlert[], isWhole: boolean): LabelIndex {
  const [index, setIndex] = useState(emptyIndex);
  const madeAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const wait = Math.max(100, madeAt.current + indexEvery - performance.now());
    return indexSlowly(alerts, wait, (made) => {
      // What the first page alone says is not waited with: the whole list comes at once.
      if (isWhole && alerts.length > 0) madeAt.current = performance.now();
      setIndex(made);
    });
  }, [alerts, isWhole]);
  return index;
}

export function useAlertsView(search: AlertsSearch, line: string) {
  // A key press is shown at once; the list follows as soon as it is drawn.
  const settledLine = useDeferredValue(line);
  const [namesKey, setNamesKey] = useState("");
  const names = useMemo(() => namesKey.split(","), [namesKey]);
  const parts = useParts(settledLine, names);
  const [isTooMany, setTooMany] = useState(false);
  const query = useQuery(postedListQuery(useAsked(parts, isTooMany)));
  const loaded = query.data?.alerts ?? noAlerts;
  const total = query.data?.total ?? 0;
  useEffect(() => {
    if (total > mostLoaded) setTooMany(true);
  }, [total]);

  const index = useLabelIndex(loaded, query.data?.isWhole ?? false);
  useEffect(() => setNamesKey([...index.keys()].sort().join()), [index]);
  const sorted = useMemo(() => sortAlerts(loaded), [loaded]);
  const test = useMemo(() => testOfLine(parts), [parts]);
  const fitting = useSame(useMemo(() => (test ? sorted.filter(test) : sorted), [sorted, test]));
  const counts = useMemo(() => countStandings(fitting), [fitting]);
  const state = standings.find((one) => one === search.state);
  const shown = useSame(
    useMemo(() => fitting.filter((alert) => isIn(alert, state)), [fitting, state]),
  );
  const by = useMemo(
    () =>
      search.by === undefined ? defaultBy : search.by.split(",").filter((name) => name !== ""),
    [search.by],
  );
  useEffect(() => warmUp(sorted, by), [sorted, by]);
  const groups = useMemo(() => groupAlerts(shown, by), [shown, by]);
  const viewKey = `${settledLine}\n${state}\n${by}`;
  const folds = useFolds(viewKey, shown.length, query.data !== undefined);
  const { isOpen } = folds;
  const rows = useMemo(
    () => (by.length === 0 ? plainRows(shown) : rowsOf(groups, isOpen)),
    [by, shown, groups, isOpen],
  );
  return {
    query,
    index,
    names,
    parts,
    counts,
    state,
    shown,
    by,
    groups,
    rows,
    viewKey,
    folds,
  };
}

// The list of before, where the new one says the same: then nothing after it is made again. A letter
// often narrows nothing, and a part that becomes finished never does.
function useSame<T>(list: T[]): T[] {
  const before = useRef(list);
  const old = before.current;
  if (old.length !== list.length || old.some((one, i) => one !== list[i])) before.current = list;
  return before.current;
}

function isIn(alert: PostedAlert, state: Standing | undefined): boolean {
  const standing = standingOf(alert);
  return state === undefined ? standing !== "resolved" : standing === state;
}

// Few alerts are shown open, many as groups: the storm is read from above. What the reader opened
// or closed stays so; what comes later does as the view did when it was asked for.
const fewEnough = 60;
let keptFolds: ReadonlyMap<string, boolean> = new Map();

function useFolds(viewKey: string, count: number, isLoaded: boolean) {
  const [folds, setFolds] = useState(keptFolds);
  const begun = useRef({ viewKey: "", startsOpen: true });
  if (isLoaded && begun.current.viewKey !== viewKey) {
    begun.current = { viewKey, startsOpen: count <= fewEnough };
  }
  const { startsOpen } = begun.current;
  useEffect(() => {
    keptFolds = folds;
  }, [folds]);
  const isOpen = useCallback(
    (group: Group) => folds.get(group.key) ?? startsOpen,
    [folds, startsOpen],
  );
  const fold = useCallback((group: Group, open: boolean) => {
    setFolds((old) => new Map(old).set(group.key, open));
  }, []);
  const foldAll = useCallback((groups: readonly Group[], open: boolean) => {
    const next = new Map<string, boolean>();
    const walk = (group: Group) => {
      next.set(group.key, open);
      group.groups.forEach(walk);
    };
    groups.forEach(walk);
    setFolds(next);
  }, []);
  return { isOpen, fold, foldAll };
}
