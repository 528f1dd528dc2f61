// Queries of posted alerts, silences' preview and routes: read by lazy screens only.
import {
  keepPreviousData,
  type QueryClient,
  queryOptions,
  replaceEqualDeep,
} from "@tanstack/react-query";
import type { HistoryAsked } from "../alerts/history";
import { postedChanges } from "../live/changes";
import { clock } from "../live/clock";
import { ApiError, call } from "./client";
import { keys } from "./queries";
import type { Labels, PostedAlert, Route } from "./types";

export interface PostedList {
  alerts: PostedAlert[];
  total: number;
  isWhole: boolean; // no page is still to come
  upTo: number; // the place in `postedChanges` up to which it is true
  readAt: number; // when all of it was read
  seq?: number;
}

// Beyond this the filter goes to the server, too.
export const mostLoaded = 20_000;
const firstPage = 500; // small: it is on the screen while the others come
const nextPages = 1000; // the most that the server gives at once
const mostSingles = 20;

export interface PostedFilter {
  filter: string[];
  q: string | undefined;
}
export const noFilter: PostedFilter = { filter: [], q: undefined };

async function readAll(
  { filter, q }: PostedFilter,
  signal: AbortSignal,
  onFirst: (list: PostedList) => void,
): Promise<PostedList> {
  const upTo = postedChanges.at;
  const readAt = Date.now();
  let alerts: PostedAlert[] = [];
  let after: string | undefined;
  for (;;) {
    const most = after === undefined ? firstPage : nextPages;
    const limit = Math.min(most, mostLoaded - alerts.length);
    const query = {
      ...(filter.length > 0 ? { filter } : {}),
      ...(q === undefined ? {} : { q }),
      ...(after === undefined ? {} : { after }),
      limit,
      state: "all" as const,
    };
    const page = await call("get", "/api/v1/posted-alerts", { query, signal });
    alerts = after === undefined ? page.alerts : [...alerts, ...page.alerts];
    const isWhole = page.next === null || alerts.length >= mostLoaded;
    const { total, seq } = page;
    const list = { alerts, total, isWhole, upTo, readAt, ...(seq === undefined ? {} : { seq }) };
    if (isWhole) return list;
    if (after === undefined) onFirst(list);
    after = page.next ?? undefined;
  }
}

// Reads the few that changed and puts them in place.
async function catchUp(list: PostedList, ids: string[], signal: AbortSignal): Promise<PostedList> {
  const upTo = postedChanges.at;
  const read = await Promise.all(ids.map((id) => readOrGone(id, signal)));
  const changed = new Map(ids.map((id, i) => [id, read[i] ?? null]));
  let alerts = list.alerts;
  if (ids.length > 0) {
    alerts = alerts.flatMap((old) => {
      const now = changed.get(old.fingerprint);
      changed.delete(old.fingerprint);
      return now === undefined ? [old] : now === null ? [] : [now];
    });
    for (const fresh of changed.values()) if (fresh) alerts.push(fresh);
  }
  const total = list.total + alerts.length - list.alerts.length;
  return { ...list, alerts, total, upTo };
}

async function readOrGone(fingerprint: string, signal: AbortSignal): Promise<PostedAlert | null> {
  try {
    const path = { fingerprint };
    return await call("get", "/api/v1/posted-alerts/{fingerprint}", { path, signal });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

// A long list is read anew less often; what changes comes by the stream.
const longList = 2000;
const wholeEvery = (list: PostedList | undefined) =>
  (list?.alerts.length ?? 0) > longList ? 300_000 : 60_000;

// While thousands come and go each second, a long list is not read all the time.
const stormPause = 5000;

function pause(until: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, Math.max(0, until - Date.now()));
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}

export const postedListQuery = (asked: PostedFilter) =>
  queryOptions({
    queryKey: [...keys.posted, "list", asked] as const,
    queryFn: async ({ client, queryKey, signal }): Promise<PostedList> => {
      const old = client.getQueryData<PostedList>(queryKey);
      const isFiltered = asked.filter.length > 0 || asked.q !== undefined;
      if (old?.isWhole && !isFiltered && Date.now() - old.readAt < wholeEvery(old) - 1000) {
        const ids = postedChanges.since(old.upTo);
        if (ids && ids.length <= mostSingles) return catchUp(old, ids, signal);
      }
      if (old && old.alerts.length > longList) await pause(old.readAt + stormPause, signal);
      return readAll(asked, signal, (list) => {
        if (!old) client.setQueryData(queryKey, list);
      });
    },
    refetchInterval: (query) => wholeEvery(query.state.data),
    placeholderData: keepPreviousData,
    structuralSharing: (before, after) =>
      shareAlerts(before as PostedList | undefined, after as PostedList),
  });

// An alert that did not change stays the same object, and its row is not drawn again; so does the
// list of them, and the whole answer.
function shareAlerts(old: PostedList | undefined, list: PostedList): PostedList {
  if (!old) return list;
  const known = new Map(old.alerts.map((alert) => [alert.fingerprint, alert]));
  const alerts = list.alerts.map((alert) => replaceEqualDeep(known.get(alert.fingerprint), alert));
  const isSame =
    alerts.length === old.alerts.length && alerts.every((alert, i) => alert === old.alerts[i]);
  return replaceShallow(old, { ...list, alerts: isSame ? old.alerts : alerts });
}

function replaceShallow(old: PostedList, list: PostedList): PostedList {
  const names = Object.keys(list) as (keyof PostedList)[];
  return names.every((name) => old[name] === list[name]) ? old : list;
}

export const postedQuery = (fingerprint: string) =>
  queryOptions({
    queryKey: [...keys.posted, "one", fingerprint] as const,
    queryFn: ({ signal }) =>
      call("get", "/api/v1/posted-alerts/{fingerprint}", { path: { fingerprint }, signal }),
    refetchInterval: 30_000,
  });

export const postedHistoryQuery = (fingerprint: string) =>
  queryOptions({
    queryKey: [...keys.posted, "history", fingerprint] as const,
    queryFn: ({ signal }) =>
      call("get", "/api/v1/posted-alerts/{fingerprint}/history", {
        path: { fingerprint },
        query: { limit: 1000 },
        signal,
      }),
    refetchInterval: 30_000,
  });

export const historyQuery = (asked: HistoryAsked, after?: number) =>
  queryOptions({
    queryKey: [...keys.history, asked, after ?? 0] as const,
    queryFn: ({ signal }) => {
      const { q, matcher, kind, receiver, last, from, to } = asked;
      const begin = last === undefined ? from : new Date(clock.now() - last).toISOString();
      const query = {
        ...(q === undefined ? {} : { q }),
        ...(matcher.length === 0 ? {} : { matcher }),
        ...(kind.length === 0 ? {} : { kind }),
        ...(receiver === undefined ? {} : { receiver }),
        ...(begin === undefined ? {} : { from: begin }),
        ...(to === undefined ? {} : { to }),
        ...(after === undefined ? {} : { after }),
        limit: 100,
      };
      return call("get", "/api/v1/alert-history", { query, signal });
    },
    // A search goes through the logbook: what is refused today is refused again.
    retry: false,
    staleTime: 15_000,
  });

export const oneAlertQuery = (id: string) =>
  queryOptions({
    queryKey: ["alert", id] as const,
    queryFn: ({ signal }) => call("get", "/api/v1/alerts/{id}", { path: { id }, signal }),
    refetchInterval: 30_000,
  });

// A posted alert leaves the alert that it is a source of, and is one by itself until it ends.
export async function splitOff(client: QueryClient, id: string, fingerprint: string) {
  await call("post", "/api/v1/alerts/{id}/split", { path: { id }, body: { fingerprint } });
  for (const queryKey of [keys.posted, keys.alerts, keys.incidents, ["alert"], ["incident"]]) {
    void client.invalidateQueries({ queryKey });
  }
}

// Writes what is known of some alerts into every list and detail, before the server says so itself.
export function patchPosted(
  client: QueryClient,
  fingerprints: readonly string[],
  patch: (alert: PostedAlert) => PostedAlert,
): void {
  const wanted = new Set(fingerprints);
  const apply = (alert: PostedAlert) => (wanted.has(alert.fingerprint) ? patch(alert) : alert);
  client.setQueriesData<PostedList>(
    { queryKey: [...keys.posted, "list"] },
    (list) => list && { ...list, alerts: list.alerts.map(apply) },
  );
  client.setQueriesData<PostedAlert>(
    { queryKey: [...keys.posted, "one"] },
    (one) => one && apply(one),
  );
  for (const fingerprint of fingerprints) postedChanges.add(fingerprint);
  void client.invalidateQueries({ queryKey: keys.posted });
}

// The description has no words for a tree: a route's children are routes.
export const routesQuery = queryOptions({
  queryKey: keys.routes,
  queryFn: async ({ signal }) => {
    const { tree } = await call("get", "/api/v1/routes", { signal });
    return tree as unknown as Route;
  },
  staleTime: 30_000,
});

export const walkQuery = (labels: Labels) =>
  queryOptions({
    queryKey: [...keys.routes, "walk", labels] as const,
    queryFn: async ({ signal }) => {
      const walk = await call("post", "/api/v1/routes/walk", { body: { labels }, signal });
      return { ...walk, tree: walk.tree as unknown as Route };
    },
    // "Sent next" moves.
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
