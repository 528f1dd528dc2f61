import type { components, paths } from "./schema";

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Status = Schemas["Status"];
export type Catalog = Schemas["Catalog"];
export type Alert = Schemas["Alert"];
export type Evidence = Schemas["Evidence"];
export type Incident = Schemas["Incident"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type IncidentState = Schemas["IncidentState"];
export type Escalation = Schemas["Escalation"];
export type Entry = Schemas["Entry"];
export type Objective = Schemas["Objective"];
export type ObjectivePulse = Schemas["ObjectivePulse"];
export type TierView = Schemas["TierView"];
export type Chart = Schemas["Chart"];

export type Seq = { seq: number };
export type IncidentList = { incidents: Incident[] } & Seq;
export type AlertList = { alerts: Alert[] } & Seq;
export type ObjectiveList = { objectives: Objective[] } & Seq;
export type Labels = Schemas["LabelSet"];
export interface Matcher {
  name: string;
  op: "=" | "!=" | "=~" | "!~";
  value: string;
}
export type PostedAlert = Schemas["PostedAlert"];
export type AlertEvent = Schemas["AlertEvent"];
export type Suppressor = Schemas["Suppressor"];
export type Silence = Schemas["Silence"];
export type SilencePreview = Schemas["SilencePreview"];
export type NewRecurrence = Schemas["NewRecurrence"];
export type RecurringSilence = Schemas["RecurringSilence"];
export type AlertSource = Schemas["AlertSource"];
export type AlertWithSources = Schemas["AlertWithSources"];
type JsonOf<T> = T extends { content: { "application/json": infer Json } } ? Json : never;
export type NewSilence = JsonOf<paths["/api/v1/silences"]["post"]["requestBody"]>;
export type PostedDetail = JsonOf<
  paths["/api/v1/posted-alerts/{fingerprint}"]["get"]["responses"][200]
>;
export type Gate = NonNullable<PostedDetail["gate"]>;
export type Route = Omit<Schemas["Route"], "routes"> & { routes: Route[] };
export type TakenRoute = Schemas["TakenRoute"];
