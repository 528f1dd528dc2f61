// On call: schedules and what people change of them, swaps, escalation policies, calendar links.
import { keepPreviousData, type QueryClient, queryOptions } from "@tanstack/react-query";
import { call } from "./client";
import type { components, paths } from "./schema";

type Schemas = components["schemas"];
type JsonOf<T> = T extends { content: { "application/json": infer Json } } ? Json : never;

export type ScheduleSummary = Schemas["ScheduleSummary"];
export type OnCallNow = ScheduleSummary["on_call"];
export type ScheduleFault = ScheduleSummary["faults"][number];
export type Schedule = Schemas["Schedule"];
export type Layer = Schemas["ScheduleLayer"];
export type Override = Schemas["Override"];
export type OverrideKind = Override["kind"];
export type NewOverride = Omit<Override, "id" | "by">;
export type Plan = Schemas["FixedPlan"];
export type Swap = Schemas["Swap"];
export type NewSwap = Pick<Swap, "from" | "to" | "begin" | "end" | "note">;
export type Absence = Schemas["Absence"];
export type Turn = Schemas["Turn"];
export type Why = Turn["why"][number];
export type Turns = JsonOf<paths["/api/v1/schedules/{id}/turns"]["get"]["responses"][200]>;
export type Served = Schemas["Served"];
export type OnCallMe = Schemas["MyTurns"];
export type MyShift = OnCallMe["shifts"][number];
export type PolicyTarget = Schemas["EscalationTarget"];
export type EscalationPolicy = Schemas["EscalationPolicy"];
export type PolicyPreview = Schemas["EscalationPreview"];
export type PreviewStep = PolicyPreview["rounds"][number]["steps"][number];
export type PreviewPerson = Schemas["PreviewPerson"];
export type PreviewSeverity = NonNullable<
  NonNullable<
    paths["/api/v1/escalation-policies/{id}/preview"]["get"]["parameters"]["query"]
  >["severity"]
>;
export type PersonLoad = Schemas["OnCallLoad"];
export type IcalLink = Schemas["IcalLink"];
export type AddedIcalLink = Schemas["AddedIcalLink"]; // with its address, which is a secret

// All below "oncall" is read again when something of it changes: an override moves who is on call
// on every screen.
export const onCallKey = ["oncall"] as const;
export const readOnCallAgain = (client: QueryClient) =>
  client.invalidateQueries({ queryKey: onCallKey });

const every = 60_000;

export const schedulesQuery = queryOptions({
  queryKey: [...onCallKey, "schedules"],
  queryFn: ({ signal }) => call("get", "/api/v1/schedules", { signal }),
  refetchInterval: every,
});

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: [...onCallKey, "schedule", id],
    queryFn: ({ signal }) => call("get", "/api/v1/schedules/{id}", { path: { id }, signal }),
    refetchInterval: every,
  });

// The swaps of several schedules: only a schedule's own answer has them.
export const swapsQuery = (ids: string[]) =>
  queryOptions({
    queryKey: [...onCallKey, "swaps", ids],
    queryFn: async ({ signal }) => {
      const path = "/api/v1/schedules/{id}";
      const all = await Promise.all(ids.map((id) => call("get", path, { path: { id }, signal })));
      return all.flatMap(({ swaps }) => swaps);
    },
    refetchInterval: every,
    placeholderData: keepPreviousData,
  });

const iso = (ms: number) => new Date(ms).toISOString();
export const instants = ({ begin, end }: { begin: number; end: number }) => ({
  begin: iso(begin),
  end: iso(end),
});

export const turnsQuery = (id: string, from: number, until: number) =>
  queryOptions({
    queryKey: [...onCallKey, "turns", id, from, until],
    queryFn: ({ signal }) =>
      call("get", "/api/v1/schedules/{id}/turns", {
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
      call("get", "/api/v1/schedules/{id}/history", {
        path: { id },
        query: { from: iso(from), until: iso(until) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const onCallMeQuery = (person: string) =>
  queryOptions({
    queryKey: [...onCallKey, "me", person],
    queryFn: ({ signal }) => call("get", "/api/v1/on-call/me", { query: { person }, signal }),
    enabled: person !== "",
    refetchInterval: every,
  });

export const policiesQuery = queryOptions({
  queryKey: [...onCallKey, "policies"],
  queryFn: ({ signal }) => call("get", "/api/v1/escalation-policies", { signal }),
  refetchInterval: 5 * every,
});

// `at` in whole minutes, so that a running clock does not ask each second.
export const previewQuery = (id: string, at: number, severity: PreviewSeverity) =>
  queryOptions({
    queryKey: [...onCallKey, "preview", id, at, severity],
    queryFn: ({ signal }) =>
      call("get", "/api/v1/escalation-policies/{id}/preview", {
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
      call("get", "/api/v1/on-call/load", {
        query: { from: iso(from), until: iso(until) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const icalLinksQuery = queryOptions({
  queryKey: [...onCallKey, "ical-links"],
  queryFn: ({ signal }) => call("get", "/api/v1/ical-links", { signal }),
});

export const makeOverride = (id: string, body: NewOverride) =>
  call("post", "/api/v1/schedules/{id}/overrides", { path: { id }, body });
export const removeOverride = (id: string, oid: string) =>
  call("delete", "/api/v1/schedules/{id}/overrides/{oid}", { path: { id, oid } });
export const takePager = (id: string, until: string | null) =>
  call("post", "/api/v1/schedules/{id}/take", {
    path: { id },
    body: { person: "", until },
  });

export type NewPlan = JsonOf<paths["/api/v1/schedules/{id}/plans"]["post"]["requestBody"]>;
export const makePlan = (id: string, body: NewPlan) =>
  call("post", "/api/v1/schedules/{id}/plans", { path: { id }, body });
export const removePlan = (id: string, pid: string) =>
  call("delete", "/api/v1/schedules/{id}/plans/{pid}", { path: { id, pid } });

export const makeAbsence = (body: Omit<Absence, "id">) =>
  call("post", "/api/v1/absences", { body });
export const removeAbsence = (aid: string) =>
  call("delete", "/api/v1/absences/{aid}", { path: { aid } });

// Browsers know few of the types of files: the server wants this one said.
const asCalendar = (file: Blob) => new Blob([file], { type: "text/calendar" });
export const putCalendar = (name: string, zone: string, file: Blob) =>
  call("put", "/api/v1/calendars/{name}", {
    path: { name },
    query: { zone },
    body: asCalendar(file),
  });
export const putVacations = (id: string, file: Blob) =>
  call("put", "/api/v1/people/{id}/vacations", { path: { id }, body: asCalendar(file) });

export type HandOffNote = Schemas["HandOffNote"];
export const notesQuery = (id: string) =>
  queryOptions({
    queryKey: [...onCallKey, "notes", id],
    queryFn: ({ signal }) =>
      call("get", "/api/v1/schedules/{id}/hand-off-notes", { path: { id }, signal }),
    refetchInterval: 5 * every,
  });
export const writeNote = (id: string, text: string, seen: string) =>
  call("put", "/api/v1/schedules/{id}/hand-off-notes", { path: { id }, body: { text, seen } });
export const draftNote = (id: string) =>
  call("get", "/api/v1/schedules/{id}/hand-off-notes/draft", { path: { id } });

export const askForSwap = (id: string, body: NewSwap) =>
  call("post", "/api/v1/schedules/{id}/swaps", { path: { id }, body });
export const answerSwap = (sid: string, answer: "take" | "decline" | "withdraw") =>
  call("post", `/api/v1/swaps/{sid}/${answer}`, { path: { sid }, body: { person: "" } });

export const makeIcalLink = (kind: IcalLink["kind"], name: string) =>
  call("post", "/api/v1/ical-links", { body: { kind, name } });
export const removeIcalLink = (lid: string) =>
  call("delete", "/api/v1/ical-links/{lid}", { path: { lid } });
