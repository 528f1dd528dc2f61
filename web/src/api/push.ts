// The browsers that ring a person, and tests of them.
import { queryOptions } from "@tanstack/react-query";
import { idOf, subscriptionHere } from "../push/browser";
import { call } from "./client";
import type { components } from "./schema";

export type Browser = components["schemas"]["PushSubscription"];
export type Delivery = components["schemas"]["Delivery"];

const pushKey = ["push"] as const;
export const pushKeys = pushKey;

export const browsersQuery = queryOptions({
  queryKey: [...pushKey, "browsers"],
  queryFn: ({ signal }) => call("get", "/api/v1/push/subscriptions", { signal }),
});

// The id of this browser, empty where it has no subscription.
export const hereQuery = queryOptions({
  queryKey: [...pushKey, "here"],
  queryFn: async () => {
    const subscription = await subscriptionHere();
    return subscription ? idOf(subscription.endpoint) : "";
  },
});

export const sendTest = (person: string) =>
  call("post", "/api/v1/notify/test", { body: { person, contact: "push" } });

const isOver = (delivery: Delivery | undefined) =>
  delivery !== undefined && ["sent", "failed", "dropped"].includes(delivery.state);

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: [...pushKey, "delivery", id],
    queryFn: ({ signal }) =>
      call("get", "/api/v1/notify/deliveries/{id}", { path: { id }, signal }),
    refetchInterval: (query) => (isOver(query.state.data) ? false : 1_000),
  });
