// Silences, those that come again, and what they would hide.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { postedChanges } from "../live/changes";
import { call } from "./client";
import { keys } from "./queries";
import type { NewRecurrence, NewSilence } from "./types";

export const silencesQuery = queryOptions({
  queryKey: keys.silences,
  queryFn: async ({ signal }) => {
    const all = await call("get", "/api/v1/silences", { query: { state: "all" }, signal });
    return all.silences;
  },
  refetchInterval: 30_000,
});

export const recurringQuery = queryOptions({
  queryKey: keys.recurring,
  queryFn: async ({ signal }) => {
    const all = await call("get", "/api/v1/recurring-silences", { signal });
    return all.recurring_silences;
  },
  refetchInterval: 60_000,
});

export const addSilence = (silence: NewSilence) =>
  call("post", "/api/v1/silences", { body: silence });

export const expireSilence = (id: string) =>
  call("delete", "/api/v1/silences/{id}", { path: { id } });

interface NewRecurring {
  matchers: string[];
  recurrence: NewRecurrence;
  comment: string;
  author: string;
}
export const addRecurring = (silence: NewRecurring) =>
  call("post", "/api/v1/recurring-silences", { body: silence });

export const deleteRecurring = (id: string) =>
  call("delete", "/api/v1/recurring-silences/{id}", { path: { id } });

// After a silence was made or ended: the server knows whom that shows or hides.
export function silencesChanged(client: QueryClient): void {
  postedChanges.addAll();
  for (const queryKey of [keys.silences, keys.recurring, keys.posted]) {
    void client.invalidateQueries({ queryKey });
  }
}

export interface PreviewAsked {
  matchers: string[];
  starts_at?: string;
  ends_at?: string;
  recurrence?: NewRecurrence;
}

export const previewQuery = (asked: PreviewAsked) =>
  queryOptions({
    queryKey: ["silence-preview", asked] as const,
    queryFn: ({ signal }) => call("post", "/api/v1/silences/preview", { body: asked, signal }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
    retry: false,
  });
