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

// Those that the server did not refuse.
async function run(act: Act): Promise<string[]> {
  const { fingerprints } = act;
  const refused = new Map<string, string>();
  if (act.kind === "acknowledge" || act.kind === "snooze") {
    for (let at = 0; at < fingerprints.length; at += inOneRequest) {
      const body = { fingerprints: fingerprints.slice(at, at + inOneRequest) };
      const answer =
        act.kind === "acknowledge"
          ? await call("post", "/api/v1/posted-alerts/acknowledge", { body })
          : await call("post", "/api/v1/posted-alerts/snooze", {
              body: { ...body, for: spanText(act.ms) },
            });
      for (const one of answer.refused) refused.set(one.fingerprint, one.message);
    }
  } else {
    const path =
      act.kind === "unacknowledge"
        ? "/api/v1/posted-alerts/{fingerprint}/acknowledge"
        : "/api/v1/posted-alerts/{fingerprint}/snooze";
    for (let at = 0; at < fingerprints.length; at += atOnce) {
      const some = fingerprints.slice(at, at + atOnce);
      await Promise.all(some.map((fingerprint) => call("delete", path, { path: { fingerprint } })));
    }
  }
  const [why] = refused.values();
  if (why !== undefined && refused.size === fingerprints.length) throw new Error(why);
  return fingerprints.filter((one) => !refused.has(one));
}

// On the screen at once; the server's own words follow.
function show(client: QueryClient, act: Act): void {
  const now = new Date(clock.now()).toISOString();
  const by = client.getQueryData(sessionQuery.queryKey)?.actor ?? "";
  patchPosted(client, act.fingerprints, (alert) => {
    switch (act.kind) {
      case "acknowledge":
        return { ...alert, acknowledged: { by, at: now } };
      case "unacknowledge":
        return { ...alert, acknowledged: null };
      case "snooze": {
        const until = new Date(clock.now() + act.ms).toISOString();
        return { ...alert, snoozed: { by, at: now, until } };
      }
      default:
        return { ...alert, snoozed: null };
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
    onSuccess: (fingerprints, act) => {
      const done = { ...act, fingerprints };
      show(client, done);
      setLast(done);
      announce(doneText(done));
    },
  });
  const forget = useCallback(() => {
    setLast(null);
    mutation.reset();
  }, [mutation.reset]);
  const act = useCallback(
    (one: Act) => {
      if (one.fingerprints.length === 0) return announce("Nothing is selected");
      mutation.mutate(one);
    },
    [mutation.mutate],
  );
  return { act, last, forget, error: mutation.error, isPending: mutation.isPending };
}
