// Channels and what they could not deliver.
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type ChannelHealth = Schemas["ChannelHealth"];
export type DeadLetter = Schemas["DeadLetter"];

const deadKey = ["dead-letters"] as const;
const every = 30_000;

export const channelsQuery = queryOptions({
  queryKey: ["channels"],
  queryFn: ({ signal }) => call("get", "/api/v1/notify/channels", { signal }),
  refetchInterval: every,
});

// Page behind page, the newest first; of a channel, or of all.
export const deadLettersQuery = (channel: string | undefined, retried: boolean) =>
  infiniteQueryOptions({
    queryKey: [...deadKey, channel ?? "", retried],
    queryFn: ({ pageParam, signal }) =>
      call("get", "/api/v1/notify/dead-letters", {
        query: {
          limit: 50,
          ...(channel ? { channel } : {}),
          ...(retried ? {} : { retried: false }),
          ...(pageParam ? { after: pageParam } : {}),
        },
        signal,
      }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: every,
  });

export const sendAgain = (id: string) =>
  call("post", "/api/v1/notify/dead-letters/{id}/retry", { path: { id } });

export const readDeadAgain = (client: QueryClient) =>
  client.invalidateQueries({ queryKey: deadKey });
