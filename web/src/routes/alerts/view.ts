// What the alerts screen shows, from the address and the loaded alerts.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import {
  countStandings,
  type Group,
  groupAlerts,
  plainRows,
  rowsOf,
  sortAlerts,
} from "../../alerts/grouping";
import { matchersOf, type Part, parseLine, testOfLine, wordsOf } from "../../alerts/line";
import { matcherText } from "../../alerts/matcher";
import { type Standing, standingOf, standings, warmHaystacks } from "../../alerts/posted";
import { mostLoaded, noFilter, type PostedFilter, postedListQuery } from "../../api/posted";
import type { PostedAlert } from "../../api/types";
import type { AlertsSearch } from "../../router";

const defaultBy = ["alertname", "service"];
const noAlerts: PostedAlert[] = [];

// The line as it is typed; the address follows when the fingers rest.
export function useLine(inAddress: string): [string, (line: string) => void] {
  const navigate = useNavigate({ from: "/alerts" });
  const [line, setLine] = useState(inAddress);
  const written = useRef(inAddress);
  useEffect(() => {
    if (inAddress === written.current) return;
    written.current = inAddress;
    setLine(inAddress);
  }, [inAddress]);
  useEffect(() => {
    if (line === written.current) return;
    const timer = setTimeout(() => {
      written.current = line;
      const q = line === "" ? undefined : line;
      void navigate({ search: (old) => ({ ...old, q }), replace: true });
    }, 150);
    return () => clearTimeout(timer);
  }, [line, navigate]);
  return [line, setLine];
}

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

// Whether the fingers rest, or the line was not typed.
function useIsResting(line: string, ms: number): boolean {
  const [rested, setRested] = useState(line);
  useEffect(() => {
    const timer = setTimeout(() => setRested(line), ms);
    return () => clearTimeout(timer);
  }, [line, ms]);
  return rested === line;
}

// While a part is typed at the end of the line it is no mistake yet, and what may become a label's
// name is not yet a word to look for.
function unfinished(part: Part, line: string, names: readonly string[]): boolean {
  if (part.to < line.length) return false;
  if (part.kind === "wrong") return true;
  return part.kind === "word" && names.some((name) => name.startsWith(part.text));
}

function useParts(line: string, names: readonly string[]): Part[] {
  const isResting = useIsResting(line, 700);
  return useMemo(() => {
    const parts = parseLine(line);
    return isResting ? parts : parts.filter((part) => !unfinished(part, line, names));
  }, [line, isResting, names]);
}

function labelNames(alerts: readonly PostedAlert[]): string[] {
  const names = new Set<string>(["service"]);
  for (const { labels } of alerts) for (const name in labels) names.add(name);
  return [...names].sort();
}

export function useAlertsView(search: AlertsSearch, line: string) {
  // A key press is shown at once; the list follows as soon as it is drawn.
  const settledLine = useDeferredValue(line);
  const [names, setNames] = useState<string[]>([]);
  const parts = useParts(settledLine, names);
  const [isTooMany, setTooMany] = useState(false);
  const query = useQuery(postedListQuery(useAsked(parts, isTooMany)));
  const loaded = query.data?.alerts ?? noAlerts;
  const total = query.data?.total ?? 0;
  useEffect(() => {
    if (total > mostLoaded) setTooMany(true);
  }, [total]);

  useEffect(() => {
    const next = labelNames(loaded);
    setNames((old) => (old.join() === next.join() ? old : next));
  }, [loaded]);
  const sorted = useMemo(() => sortAlerts(loaded), [loaded]);
  useEffect(() => warmHaystacks(sorted), [sorted]);
  const fitting = useMemo(() => {
    const test = testOfLine(parts);
    return test ? sorted.filter(test) : sorted;
  }, [sorted, parts]);
  const counts = useMemo(() => countStandings(fitting), [fitting]);
  const state = standings.find((one) => one === search.state);
  const shown = useMemo(() => fitting.filter((alert) => isIn(alert, state)), [fitting, state]);
  const by = useMemo(
    () =>
      search.by === undefined ? defaultBy : search.by.split(",").filter((name) => name !== ""),
    [search.by],
  );
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
    loaded,
    total,
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
