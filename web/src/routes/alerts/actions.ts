// What may be done with posted alerts: acknowledge, snooze, and take either back.
import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { spanText } from "../../alerts/spans";
import { call } from "../../api/client";
import { patchPosted } from "../../api/posted";
import { sessionQuery } from "../../api/queries";
import { clock } from "../../live/clock";
import { announce } from "../../ui/announce";
import { plural } from "../../words/numbers";

export type Act =
  | { kind: "acknowledge"; fingerprints: string[] }
  | { kind: "snooze"; fingerprints: string[]; ms: number }
  | { kind: "unacknowledge" | "unsnooze"; fingerprints: string[] };

const inOneRequest = 500;
const atOnce = 8;

async function run(act: Act): Promise<void> {
  const { fingerprints } = act;
  if (act.kind === "acknowledge" || act.kind === "snooze") {
    for (let at = 0; at < fingerprints.length; at += inOneRequest) {
      const body = { fingerprints: fingerprints.slice(at, at + inOneRequest) };
      if (act.kind === "acknowledge") {
        await call("post", "/api/v1/posted-alerts/acknowledge", { body });
      } else {
        const span = { ...body, for: spanText(act.ms) };
        await call("post", "/api/v1/posted-alerts/snooze", { body: span });
      }
    }
    return;
  }
  const path =
    act.kind === "unacknowledge"
      ? "/api/v1/posted-alerts/{fingerprint}/acknowledge"
      : "/api/v1/posted-alerts/{fingerprint}/snooze";
  for (let at = 0; at < fingerprints.length; at += atOnce) {
    const some = fingerprints.slice(at, at + atOnce);
    await Promise.all(some.map((fingerprint) => call("delete", path, { path: { fingerprint } })));
  }
}

// On the screen at once; the server's own words follow.
function show(client: QueryClient, act: Act): void {
  const now = new Date(clock.now()).toISOString();
  const by = client.getQueryData(sessionQuery.queryKey)?.actor ?? "";
  patchPosted(client, act.fingerprints, (alert) => {
    const { acknowledged, snoozed_until: _, ...rest } = alert;
    const kept = acknowledged ? { acknowledged } : {};
    const awake = alert.suppressed_by.filter((one) => one.kind !== "snooze");
    switch (act.kind) {
      case "acknowledge":
        return { ...alert, acknowledged: { by, at: now } };
      case "unacknowledge":
        return { ...rest, snoozed_until: alert.snoozed_until ?? null };
      case "snooze": {
        const until = new Date(clock.now() + act.ms).toISOString();
        const reason = { kind: "snooze" as const, name: by, text: "" };
        const state = alert.state === "firing" ? ("suppressed" as const) : alert.state;
        return { ...alert, state, snoozed_until: until, suppressed_by: [...awake, reason] };
      }
      default: {
        const state = alert.state === "suppressed" && awake.length === 0 ? "firing" : alert.state;
        return { ...rest, ...kept, state, suppressed_by: awake, snoozed_until: null };
      }
    }
  });
}

const done: Record<Act["kind"], string> = {
  acknowledge: "acknowledged",
  unacknowledge: "given back",
  snooze: "snoozed",
  unsnooze: "awake again",
};

export function doneText({ kind, fingerprints }: Act): string {
  const verb = fingerprints.length === 1 ? "is" : "are";
  return `${plural(fingerprints.length, "alert")} ${verb} ${done[kind]}`;
}

export function undoOf({ kind, fingerprints }: Act): Act | null {
  if (kind === "acknowledge") return { kind: "unacknowledge", fingerprints };
  if (kind === "snooze") return { kind: "unsnooze", fingerprints };
  return null;
}

export function useActs() {
  const client = useQueryClient();
  const [last, setLast] = useState<Act | null>(null);
  const mutation = useMutation({
    mutationFn: run,
    onSuccess: (_, act) => {
      show(client, act);
      setLast(act);
      announce(doneText(act));
    },
  });
  const forget = useCallback(() => setLast(null), []);
  const act = useCallback(
    (one: Act) => {
      if (one.fingerprints.length === 0) return announce("Nothing is selected");
      mutation.mutate(one);
    },
    [mutation.mutate],
  );
  return { act, last, forget, error: mutation.error, isPending: mutation.isPending };
}
