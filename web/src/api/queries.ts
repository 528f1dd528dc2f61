// Every query key of the page, in one place: the live stream patches and invalidates by them.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { clock } from "../live/clock";
import { ApiError, call } from "./client";
import type { IncidentDetail, Me } from "./types";

export const keys = {
  session: ["session"] as const,
  status: ["status"] as const,
  catalog: ["catalog"] as const,
  alerts: ["alerts"] as const,
  incidents: ["incidents"] as const,
  incident: (id: string) => ["incident", id] as const,
  objectives: ["objectives"] as const,
  objective: (name: string) => ["objective", name] as const,
  chart: (name: string, window: string) => ["chart", name, window] as const,
  // All below "posted" are marked by `apply.ts`: [posted, list|one|history, which].
  posted: ["posted"] as const,
  silences: ["silences"] as const,
  recurring: ["recurring-silences"] as const,
  history: ["alert-history"] as const,
  routes: ["routes"] as const,
};

export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      return await call("get", "/api/v1/session", { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: async ({ signal }) => {
    const asked = Date.now();
    const status = await call("get", "/api/v1/status", { signal });
    clock.learn(Date.parse(status.now), asked, Date.now());
    return status;
  },
  // "When data last came" must not depend on anything happening.
  refetchInterval: 10_000,
});

export const catalogQuery = queryOptions({
  queryKey: keys.catalog,
  queryFn: ({ signal }) => call("get", "/api/v1/catalog", { signal }),
  staleTime: 5 * 60_000,
});

export const alertsQuery = queryOptions({
  queryKey: keys.alerts,
  queryFn: ({ signal }) => call("get", "/api/v1/alerts", { query: { state: "firing" }, signal }),
  refetchInterval: 60_000,
});

export const incidentsQuery = queryOptions({
  queryKey: keys.incidents,
  queryFn: ({ signal }) =>
    call("get", "/api/v1/incidents", { query: { state: "all", limit: 100 }, signal }),
  refetchInterval: 60_000,
});

// An incident comes with the begin of its timeline; a long one goes on in pages.
async function readIncident(id: string, signal: AbortSignal): Promise<IncidentDetail> {
  const detail = await call("get", "/api/v1/incidents/{id}", { path: { id }, signal });
  const timeline = [...detail.timeline];
  for (let after = detail.timeline_next; after !== null; ) {
    const page = await call("get", "/api/v1/incidents/{id}/timeline", {
      path: { id },
      query: { after, limit: 10_000 },
      signal,
    });
    timeline.push(...page.entries);
    after = page.next;
  }
  return { ...detail, timeline, timeline_next: null };
}

export const incidentQuery = (id: string) =>
  queryOptions({
    queryKey: keys.incident(id),
    queryFn: ({ signal }) => readIncident(id, signal),
    refetchInterval: 60_000,
  });

export const objectivesQuery = queryOptions({
  queryKey: keys.objectives,
  queryFn: ({ signal }) => call("get", "/api/v1/objectives", { signal }),
  // A pulse brings states and ratios; how near each tier is comes only with this.
  refetchInterval: 15_000,
});

export const objectiveQuery = (name: string) =>
  queryOptions({
    queryKey: keys.objective(name),
    queryFn: ({ signal }) => call("get", "/api/v1/objectives/{id}", { path: { id: name }, signal }),
    refetchInterval: 15_000,
  });

// How often a chart of a window is worth reading again: about once for each of its slots.
const chartEvery: Record<string, number> = {
  "1h": 10_000,
  "6h": 20_000,
  "1d": 60_000,
  "30d": 300_000,
};

export const chartQuery = (name: string, window: string) =>
  queryOptions({
    queryKey: keys.chart(name, window),
    queryFn: ({ signal }) =>
      call("get", "/api/v1/objectives/{id}/chart", {
        path: { id: name },
        query: { window },
        signal,
      }),
    refetchInterval: chartEvery[window] ?? 60_000,
    placeholderData: keepPreviousData,
  });
