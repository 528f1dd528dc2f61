// A logbook entry as a line of a timeline. The kinds that a responder cares for have sentences of
// their own; any other kind is shown by its name and its data, so that nothing is ever hidden.
import type { Entry } from "../api/types";
import { channelName } from "./channels";
import { stateWord, type Tone } from "./severity";

export interface Line {
  text: string;
  tone: Tone | "none";
  // A person's own words, shown as such.
  quote?: string;
}

type Data = Record<string, unknown>;
interface Told {
  data: Data;
  entry: Entry;
  who: string; // the person that the entry tells of, by name
  names: string; // of its list `people`; empty: nobody
  way: string; // " by mail", or nothing
  why: string; // ": connection refused", or nothing
}
type Sentence = (told: Told) => Line;

// The first of these fields that says something.
function text(data: Data, ...names: string[]): string {
  for (const name of names) {
    const value = data[name];
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return String(value);
  }
  return "";
}

const after = (words: string, more: string, by = ": ") => (more === "" ? words : words + by + more);

function line(words: string, tone: Line["tone"] = "none", quote = ""): Line {
  return quote === "" ? { text: words, tone } : { text: words, tone, quote };
}

// By a person it is a decision; by the engine it is what the recovery's clock did.
const moved: Sentence = ({ data, entry }) => {
  const to = text(data, "to");
  if (entry.actor.startsWith("system:") && to === "monitoring") {
    return line("The alerts are over: watching the recovery", "ok");
  }
  const word = to === "" ? "another state" : stateWord(to as never).toLowerCase();
  const calm = ["monitoring", "closed"].includes(to);
  return line(`moved the incident to ${word}`, calm ? "ok" : "info", text(data, "note"));
};

// A message of a page, or of the news that it is over.
const message = ({ entry, who, way }: Told) =>
  `${entry.subject_kind === "recovery" ? "The news of the recovery" : "The page"} for ${who}${way}`;

const lower = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

const sentences: Record<string, Sentence> = {
  "alert.fired": ({ data, entry }) =>
    line(after("Alert fired", text(data, "summary") || entry.subject_id), "critical"),
  "alert.changed": ({ data }) => line(after("Alert changed", text(data, "summary", "impact"))),
  "alert.resolved": ({ data }) => line(after("Alert over", text(data, "summary")), "ok"),
  "alert.source_joined": ({ data }) =>
    line(after("Another alert says the same", text(data, "summary")), "high", text(data, "why")),
  "alert.source_left": ({ data }) =>
    line(after("An alert says it no longer", text(data, "labels")), "info", text(data, "why")),
  "alert.evidence_joined": ({ data }) =>
    line(after("A likely cause", text(data, "summary")), "info", text(data, "why")),
  "alert.evidence_left": ({ data }) =>
    line(after("A likely cause is over", text(data, "labels")), "none", text(data, "why")),
  "alert.split": ({ data }) => line(after("split off another problem", text(data, "labels"))),
  "incident.opened": ({ data }) => line(after("Incident opened", text(data, "title")), "critical"),
  "incident.alert_joined": ({ data }) =>
    line(after("Another alert joined", text(data, "summary", "alert")), "high"),
  "incident.acknowledged": () => line("has it: nobody else is rung", "ok"),
  "incident.moved": moved,
  "incident.relapsed": () => line("It burns again: the recovery did not hold", "critical"),
  "incident.resolved": ({ data, entry }) =>
    entry.actor.startsWith("system:")
      ? line("Resolved: the recovery has held", "ok")
      : line("resolved the incident", "ok", text(data, "note")),
  "incident.severity_set": ({ data, entry }) =>
    entry.actor.startsWith("system:")
      ? line(`Severity is SEV-${text(data, "to")} now: an alert asks for it`, "info")
      : line(`set the severity to SEV-${text(data, "to")}`, "info"),
  "incident.channel_wanted": ({ data, entry }) =>
    entry.actor.startsWith("system:")
      ? line(after("A channel is made in Slack", text(data, "name")))
      : line(after("asked for a channel in Slack", text(data, "name"))),
  "incident.channel_opened": ({ data }) =>
    line(after("The channel in Slack is there", text(data, "name")), "ok", text(data, "url")),
  "incident.channel_failed": ({ why }) => line(`There is no channel in Slack${why}`, "warning"),
  "incident.channel_archived": ({ data }) =>
    line(after("The channel in Slack was archived", text(data, "name"))),
  "incident.noted": ({ data }) => line("wrote", "none", text(data, "text")),
  "escalation.started": ({ data }) => line(after("Ringing began: team", text(data, "team"), " ")),
  "escalation.paused": () => line("The ringing waits: the alerts are over"),
  "escalation.resumed": () => line("The ringing goes on: it burns again", "high"),
  "escalation.stopped": () => line("The ringing is over"),
  "escalation.exhausted": ({ data }) =>
    line(after("Nobody answered", text(data, "what")), "critical"),
  "escalation.policy_changed": () =>
    line("The policy was edited: it counts from the next step", "info"),
  "escalation.step_skipped": ({ why }) => line(`A step is passed over${why}`),
  "escalation.fallback": ({ why, names }) => line(after(`Others are rung${why}`, names), "warning"),
  "escalation.answered": ({ data }) =>
    line(`answered: ${text(data, "have")} of ${text(data, "wanted")}, more are rung`, "info"),
  "escalation.escalated": () => line("asked for the next people now", "high"),
  "escalation.snoozed": () => line("has it for now: it rings again later", "ok"),
  "escalation.rings_again": ({ why }) => line(`Ringing begins anew${why}`, "high"),
  "escalation.brought_in": ({ names }) =>
    line(after("Not resolved: more people are brought in", names), "high"),
  "channel.told": ({ data }) => line(after("Told in the channel", text(data, "channel"), " ")),
  "channel.skipped": ({ data, why }) =>
    line(`The channel ${text(data, "channel")} was passed over${why}`, "warning"),
  "operators.paged": () =>
    line("The operators of Tocsin are told: nobody else could be", "critical"),
  "page.rung": ({ who, data }) => line(after(`Ringing ${who}`, text(data, "via"), ", "), "high"),
  "page.rung_again": ({ who }) => line(`Ringing ${who} again`, "high"),
  "page.told": ({ who }) => line(`${who} was told`, "info"),
  "page.other_way": ({ who, why }) => line(`Trying another way to reach ${who}${why}`, "warning"),
  "page.skipped": ({ who, why }) => line(`${who} was passed over${why}`, "high"),
  "page.failed": ({ who, why }) => line(`${who} could not be reached${why}`, "critical"),
  "delivery.delivered": (told) => line(`${message(told)} arrived`, "ok"),
  "delivery.read": (told) => line(`${message(told)} was read`, "ok"),
  "delivery.undelivered": (told) => line(`${message(told)} did not arrive${told.why}`, "high"),
  "delivery.unconfirmed": (told) => line(`Nobody can say whether ${lower(message(told))} arrived`),
  "delivery.sent": (told) => line(`${message(told)} went out`, "info"),
  "delivery.retrying": (told) => line(`${message(told)} will be tried again${told.why}`, "warning"),
  "delivery.repeated": (told) => line(`${message(told)} may arrive twice${told.why}`, "warning"),
  "delivery.arrived_late": (told) => line(`${message(told)} went out after all`),
  "delivery.failed": (told) => line(`${message(told)} failed${told.why}`, "high"),
  "delivery.resent": (told) => line(`${message(told)} is sent again`, "info"),
  "delivery.dropped": (told) => line(`${message(told)} is no longer needed`),
};

// `nameOf` gives a person's name for an id.
export function entryLine(entry: Entry, nameOf: (id: string) => string = (id) => id): Line {
  const data = (entry.data ?? {}) as Data;
  const sentence = sentences[entry.kind];
  if (!sentence) return line(after(entry.kind.replaceAll(/[._]/g, " "), dataText(data), " · "));
  const person = text(data, "person");
  return sentence({
    data,
    entry,
    who: person === "" ? "Somebody" : nameOf(person),
    names: Array.isArray(data.people)
      ? data.people.map((one) => nameOf(String(one))).join(", ")
      : "",
    way: after("", channelName(text(data, "channel")), " by "),
    why: after("", text(data, "why", "error", "reason")),
  });
}

// "person ada, channel mail": the plain values of an entry, for kinds without a sentence.
function dataText(data: Data): string {
  return Object.entries(data)
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value) && value !== "")
    .slice(0, 6)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`)
    .join(", ");
}

// Whether the actor is said before the sentence: "Ada has it", but "Alert fired".
export function saysActor(entry: Entry): boolean {
  return !entry.actor.startsWith("system:") && /^[a-z]/.test(entryLine(entry).text);
}
