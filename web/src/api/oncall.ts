// On call: the routes of schedules, swaps and escalation policies. They are not in api/openapi.yaml
// yet: the types are written here, under the names that the generated ones will have. When the
// description holds the routes, these interfaces become aliases of Schemas and `ask` becomes `call`.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "./client";

export interface OnCallNow {
  people: string[];
  shadows: string[];
  begin: string;
  end: string;
  explain: string;
}

export interface ScheduleFault {
  kind: "gap" | "unreachable" | "long_shift" | "unknown_person";
  begin: string;
  end: string;
  person: string | null;
  text: string;
}

export interface ScheduleSummary {
  id: string;
  name: string;
  team: string;
  zone: string;
  on_call: OnCallNow;
  faults: ScheduleFault[];
}

export interface Layer {
  name: string;
  zone: string;
  every: string; // "1 week"
  hand_off: string;
  people: string[][]; // one entry a turn
  hours: string;
  off: string[];
  is_shadow: boolean;
}

export type OverrideKind = "add" | "remove" | "replace";
export interface NewOverride {
  kind: OverrideKind;
  person: string;
  replaces: string; // empty: everybody's turns
  begin: string;
  end: string;
  note: string;
}
export interface Override extends NewOverride {
  id: string;
  by: string;
}

export interface Plan {
  id: string;
  begin: string;
  end: string;
  note: string;
  shifts: { people: string[]; begin: string; end: string }[];
}

export interface Swap {
  id: string;
  schedule: string;
  from: string;
  to: string; // empty: anybody
  begin: string;
  end: string;
  state: "open" | "taken" | "declined" | "withdrawn" | "expired";
  note: string;
  created: string;
}

export interface Absence {
  id: string;
  person: string;
  begin: string;
  end: string;
  note: string;
}

export interface Schedule extends ScheduleSummary {
  layers: Layer[];
  overrides: Override[];
  plans: Plan[];
  swaps: Swap[];
  absences: Absence[];
}

export interface Why {
  kind: string;
  layer: string;
  turn: number;
  id: string;
  instead_of: string[];
}

export interface Turn {
  begin: string;
  end: string;
  people: string[]; // none: a gap
  shadows: string[];
  why: Why[];
  explain: string;
}

export interface Turns {
  turns: Turn[];
  layers: { name: string; turns: Turn[] }[];
}

export interface Served {
  person: string;
  begin: string;
  end: string | null; // null: still
  why: string;
}

export interface MyShift {
  schedule: string;
  begin: string;
  end: string;
}
export interface OnCallMe {
  person: string;
  now: { schedule: string; until: string }[];
  shifts: MyShift[];
}

export interface PolicyTarget {
  kind: string;
  name: string;
}
export interface EscalationPolicy {
  id: string;
  teams: string[];
  steps: { after_seconds: number; targets: PolicyTarget[]; when: string }[];
  repeat: number;
  repeat_after_seconds: number;
  acknowledgements: number;
  acknowledged_for_seconds: number;
  bring_in: { after_seconds: number; severities: string[]; targets: PolicyTarget[] } | null;
  fallback: PolicyTarget[];
  channels: string[];
}

export interface PreviewPerson {
  person: string;
  via: string; // "schedule payments"
  contacts: { name: string; after_seconds: number }[];
}
export interface PreviewStep {
  at: string;
  after_seconds: number;
  people: PreviewPerson[];
  channels: string[];
  skipped: string | null;
}
export interface PolicyPreview {
  rounds: { steps: PreviewStep[] }[];
  bring_in: { at: string; people: PreviewPerson[] } | null;
}

export interface PersonLoad {
  person: string;
  pages: number;
  working: number;
  free: number;
  sleeping: number;
  interruptions: number;
  shift_seconds: number;
}

export interface IcalLink {
  id: string;
  kind: "person" | "schedule" | "team";
  name: string;
  url?: string; // only in the answer that made it: it is a secret
}

interface Where {
  path?: Record<string, string>;
  query?: Record<string, string | boolean | undefined>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}
const ask = call as unknown as <T>(
  method: "get" | "post" | "delete",
  path: string,
  where?: Where,
) => Promise<T>;

// All below "oncall" is read again when something of it changes: an override moves who is on call
// on every screen.
export const onCallKey = ["oncall"] as const;
export const readOnCallAgain = (client: QueryClient) =>
  client.invalidateQueries({ queryKey: onCallKey });

const every = 60_000;

export const schedulesQuery = queryOptions({
  queryKey: [...onCallKey, "schedules"],
  queryFn: ({ signal }) =>
    ask<{ schedules: ScheduleSummary[] }>("get", "/api/v1/schedules", { signal }),
  refetchInterval: every,
});

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: [...onCallKey, "schedule", id],
    queryFn: ({ signal }) =>
      ask<Schedule>("get", "/api/v1/schedules/{id}", { path: { id }, signal }),
    refetchInterval: every,
  });

// The swaps of several schedules: only a schedule's own answer has them.
export const swapsQuery = (ids: string[]) =>
  queryOptions({
    queryKey: [...onCallKey, "swaps", ids],
    queryFn: async ({ signal }) => {
      const path = "/api/v1/schedules/{id}";
      const all = await Promise.all(
        ids.map((id) => ask<Schedule>("get", path, { path: { id }, signal })),
      );
      return all.flatMap(({ swaps }) => swaps);
    },
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });

const iso = (ms: number) => new Date(ms).toISOString();

export const turnsQuery = (id: string, from: number, until: number) =>
  queryOptions({
    queryKey: [...onCallKey, "turns", id, from, until],
    queryFn: ({ signal }) =>
      ask<Turns>("get", "/api/v1/schedules/{id}/turns", {
        path: { id },
        query: { from: iso(from), until: iso(until), layers: true },
        signal,
      }),
    refetchInterval: 5 * every,
    placeholderData: keepPreviousData,
  });

export const servedQuery = (id: string, from: number, until: number) =>
  queryOptions({
    queryKey: [...onCallKey, "history", id, from, until],
    queryFn: ({ signal }) =>
      ask<{ served: Served[] }>("get", "/api/v1/schedules/{id}/history", {
        path: { id },
        query: { from: iso(from), until: iso(until) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const onCallMeQuery = (person: string) =>
  queryOptions({
    queryKey: [...onCallKey, "me", person],
    queryFn: ({ signal }) =>
      ask<OnCallMe>("get", "/api/v1/on-call/me", { query: { person }, signal }),
    enabled: person !== "",
    refetchInterval: every,
  });

export const policiesQuery = queryOptions({
  queryKey: [...onCallKey, "policies"],
  queryFn: ({ signal }) =>
    ask<{ policies: EscalationPolicy[] }>("get", "/api/v1/escalation-policies", { signal }),
  refetchInterval: 5 * every,
});

// `at` in whole minutes, so that a running clock does not ask each second.
export const previewQuery = (id: string, at: number, severity: string) =>
  queryOptions({
    queryKey: [...onCallKey, "preview", id, at, severity],
    queryFn: ({ signal }) =>
      ask<PolicyPreview>("get", "/api/v1/escalation-policies/{id}/preview", {
        path: { id },
        query: { at: iso(at), severity },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const loadQuery = (from: number, until: number) =>
  queryOptions({
    queryKey: [...onCallKey, "load", from, until],
    queryFn: ({ signal }) =>
      ask<{ people: PersonLoad[] }>("get", "/api/v1/on-call/load", {
        query: { from: iso(from), until: iso(until) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const icalLinksQuery = queryOptions({
  queryKey: [...onCallKey, "ical-links"],
  queryFn: ({ signal }) => ask<{ links: IcalLink[] }>("get", "/api/v1/ical-links", { signal }),
});

export const makeOverride = (id: string, body: NewOverride) =>
  ask<Override>("post", "/api/v1/schedules/{id}/overrides", { path: { id }, body });
export const removeOverride = (id: string, oid: string) =>
  ask<void>("delete", "/api/v1/schedules/{id}/overrides/{oid}", { path: { id, oid } });
export const takePager = (id: string, until: string | null) =>
  ask<Override>("post", "/api/v1/schedules/{id}/take", {
    path: { id },
    body: { person: "", until },
  });

export interface NewSwap {
  from: string;
  to: string;
  begin: string;
  end: string;
  note: string;
}
export const askForSwap = (id: string, body: NewSwap) =>
  ask<Swap>("post", "/api/v1/schedules/{id}/swaps", { path: { id }, body });
export const answerSwap = (sid: string, answer: "take" | "decline" | "withdraw") =>
  ask<Swap>("post", `/api/v1/swaps/{sid}/${answer}`, { path: { sid }, body: { person: "" } });

export const makeIcalLink = (kind: IcalLink["kind"], name: string) =>
  ask<IcalLink>("post", "/api/v1/ical-links", { body: { kind, name } });
export const removeIcalLink = (lid: string) =>
  ask<void>("delete", "/api/v1/ical-links/{lid}", { path: { lid } });
