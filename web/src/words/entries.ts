// A logbook entry as a line of a timeline. The kinds that a responder cares for have sentences of
// their own; any other kind is shown by its name and its data, so that nothing is ever hidden.
import type { Entry } from "../api/types";
import type { Tone } from "./severity";
import { isOver } from "./severity";

export interface Line {
  text: string;
  // A person's own words, shown as such.
  quote?: string;
  tone: Tone | "none";
}

type Data = Record<string, unknown>;
type Sentence = (data: Data, entry: Entry) => Line;

// "user:ada" is ada; "system:engine" is Tocsin itself.
export function actorText(actor: string): string {
  const [kind, ...rest] = actor.split(":");
  const name = rest.join(":");
  if (kind === "system") return "Tocsin";
  if (kind === "token") return `${name} (token)`;
  if (kind === "link") return `${name} (by link)`;
  return name || actor;
}

function text(data: Data, ...names: string[]): string {
  for (const name of names) {
    const value = data[name];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return String(value);
  }
  return "";
}

const after = (words: string, more: string, by = ": ") => (more === "" ? words : words + by + more);
const who = (data: Data) => text(data, "person", "to", "who") || "somebody";
const byWay = (data: Data) => {
  const way = text(data, "channel", "by", "way", "contact_kind");
  return way === "" ? "" : ` by ${way}`;
};
const line = (words: string, tone: Line["tone"] = "none", quote = ""): Line =>
  quote === "" ? { text: words, tone } : { text: words, tone, quote };

const stateMoved: Sentence = (data) => {
  const to = text(data, "to", "state");
  const tone = isOver(to as never) || to === "monitoring" ? "ok" : "info";
  return line(`moved the incident to ${to || "another state"}`, tone, text(data, "note"));
};
const severitySet: Sentence = (data) =>
  line(`set the severity to SEV-${text(data, "to", "severity")}`, "info");
const noted: Sentence = (data) => line("wrote", "none", text(data, "text", "note"));

const sentences: Record<string, Sentence> = {
  "alert.fired": (data, entry) =>
    line(after("Alert fired", text(data, "summary") || entry.subject_id), "critical"),
  "alert.updated": (data) => line(after("Alert changed", text(data, "summary", "impact"))),
  "alert.resolved": (data) => line(after("Alert resolved", text(data, "summary")), "ok"),
  "incident.opened": (data) => line(after("Incident opened", text(data, "title")), "critical"),
  "incident.alert_joined": (data) =>
    line(after("Another alert joined", text(data, "summary", "alert")), "high"),
  "incident.acknowledged": () => line("has it: nobody else is rung", "ok"),
  "incident.state_changed": stateMoved,
  "incident.state": stateMoved,
  "incident.moved": stateMoved,
  "incident.severity_changed": severitySet,
  "incident.severity": severitySet,
  "incident.severity_set": severitySet,
  "incident.noted": noted,
  "incident.note": noted,
  "incident.note_added": noted,
  "incident.recovering": () => line("The short windows are clean: watching the recovery", "ok"),
  "incident.monitoring": () => line("The short windows are clean: watching the recovery", "ok"),
  "incident.reopened": () => line("It burns again: the incident is open again", "critical"),
  "incident.resolved": () => line("The incident is resolved", "ok"),
  "page.created": (data) => line(`Ringing ${who(data)}`, "high"),
  "page.sent": (data) => line(`${who(data)} was told${byWay(data)}`, "info"),
  "page.told": (data) => line(`${who(data)} was told${byWay(data)}`, "info"),
  "page.failed": (data) =>
    line(
      after(
        `${who(data)} could not be reached${byWay(data)}`,
        text(data, "error", "detail", "reason"),
      ),
      "critical",
    ),
  "page.dropped": (data) => line(`The page to ${who(data)} is no longer needed`),
  "page.answered": (data) => line(`${who(data)} answered${byWay(data)}`, "ok"),
  "page.acknowledged": (data) => line(`${who(data)} answered${byWay(data)}`, "ok"),
  "escalation.started": (data) => line(after("Ringing began with team", text(data, "team"), " ")),
  "escalation.stepped": (data) => line(`No answer: going on to ${who(data)}`, "high"),
  "escalation.acknowledged": (data) => line(`${who(data)} answered: the ringing stops`, "ok"),
  "escalation.stopped": () => line("The ringing stops: it is over"),
  "escalation.exhausted": () =>
    line("Nobody answered: every person was rung in every round", "critical"),
  "recovery.sent": (data) => line(`${who(data)} was told of the recovery${byWay(data)}`),
  "delivery.sent": (data) => line(`A message went to ${who(data)}${byWay(data)}`),
  "delivery.failed": (data) =>
    line(
      after(
        `A message to ${who(data)} failed${byWay(data)}`,
        text(data, "error", "detail", "reason"),
      ),
      "high",
    ),
  "delivery.trouble": (data) =>
    line(
      after(
        `A message to ${who(data)} has trouble${byWay(data)}`,
        text(data, "error", "detail", "reason"),
      ),
      "warning",
    ),
  "delivery.dropped": (data) => line(`A message to ${who(data)} is no longer needed`),
};

export function entryLine(entry: Entry): Line {
  const data = (entry.data ?? {}) as Data;
  const sentence = sentences[entry.kind];
  if (sentence) return sentence(data, entry);
  const words = entry.kind.replaceAll(/[._]/g, " ");
  return line(after(words, dataText(data), " · "));
}

// "person ada, channel mail": the plain values of an entry, for kinds without a sentence.
function dataText(data: Data): string {
  return Object.entries(data)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value) && value !== "")
    .slice(0, 6)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`)
    .join(", ");
}

// Whether the actor is said before the sentence: "ada has it", but "Alert fired".
export function saysActor(entry: Entry): boolean {
  return !entry.actor.startsWith("system:") && /^[a-z]/.test(entryLine(entry).text);
}
