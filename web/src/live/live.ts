// Joins the stream, the line's state and the query cache: one of each for a page.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { Applier } from "./apply";
import { clock } from "./clock";
import { isStale, LinkStore, type LinkView } from "./link";
import { openStream, type Stream } from "./stream";

export const link = new LinkStore();
let stream: Stream | undefined;

// Begins to listen. Called by every signed-in screen; only the first call of a page does anything.
export function goLive(client: QueryClient, onSignedOut: () => void): void {
  if (stream) return;
  const applier = new Applier(client);
  stream = openStream((message) => {
    link.take(message);
    applier.take(message);
    if (message.kind === "link" && message.link.phase === "signed-out") onSignedOut();
  });
  stream.send({ kind: "join" });
}

export function retryNow(): void {
  stream?.send({ kind: "retry" });
}

// After a sign-in: the stream begins anew for whoever signed in.
export function restartLive(): void {
  stream?.send({ kind: "restart" });
}

export function useLink(): LinkView {
  return useSyncExternalStore(link.subscribe, link.snapshot);
}

// The server's time, renewed once a second.
export function useNow(): number {
  return useSyncExternalStore(clock.subscribe, clock.snapshot);
}

export function useIsStale(): boolean {
  const view = useLink();
  useNow();
  return isStale(view, Date.now());
}
