// Every key of the page, once: the dispatcher binds from this table and the help lists it.
export type ActionId =
  | "help"
  | "go.now"
  | "go.objectives"
  | "go.alerts"
  | "go.silences"
  | "go.history"
  | "go.routes"
  | "go.oncall"
  | "next"
  | "previous"
  | "back"
  | "filter"
  | "acknowledge"
  | "note"
  | "select"
  | "extend.next"
  | "extend.previous"
  | "clear"
  | "fold"
  | "silence"
  | "snooze"
  | "take"
  | "override"
  | "earlier"
  | "later"
  | "today"
  | "view"
  | "theme";

export interface KeyRow {
  id: ActionId;
  keys: readonly string[]; // one or two of event.key; two are a chord
  says: string;
  where: "Everywhere" | "Lists" | "Alerts" | "Incident" | "On call";
}

export const keyTable: readonly KeyRow[] = [
  { id: "go.now", keys: ["g", "n"], says: "Go to Now", where: "Everywhere" },
  { id: "go.alerts", keys: ["g", "a"], says: "Go to Alerts", where: "Everywhere" },
  { id: "go.silences", keys: ["g", "s"], says: "Go to Silences", where: "Everywhere" },
  { id: "go.history", keys: ["g", "h"], says: "Go to History", where: "Everywhere" },
  { id: "go.routes", keys: ["g", "r"], says: "Go to Routes", where: "Everywhere" },
  { id: "go.oncall", keys: ["g", "c"], says: "Go to On call", where: "Everywhere" },
  { id: "go.objectives", keys: ["g", "o"], says: "Go to Objectives", where: "Everywhere" },
  { id: "back", keys: ["u"], says: "Back to where you came from", where: "Everywhere" },
  { id: "theme", keys: ["g", "t"], says: "Next theme: auto, light, dark", where: "Everywhere" },
  { id: "help", keys: ["?"], says: "Show these keys", where: "Everywhere" },
  { id: "next", keys: ["j"], says: "Next row", where: "Lists" },
  { id: "previous", keys: ["k"], says: "Previous row", where: "Lists" },
  { id: "filter", keys: ["/"], says: "Filter the list", where: "Lists" },
  { id: "select", keys: ["x"], says: "Select the row, or no longer", where: "Alerts" },
  { id: "extend.next", keys: ["J"], says: "Select on to the next row", where: "Alerts" },
  { id: "extend.previous", keys: ["K"], says: "Select on to the previous row", where: "Alerts" },
  { id: "clear", keys: ["Escape"], says: "Select nothing", where: "Alerts" },
  { id: "fold", keys: ["c"], says: "Open or close the group", where: "Alerts" },
  { id: "silence", keys: ["s"], says: "Silence what is selected", where: "Alerts" },
  { id: "snooze", keys: ["z"], says: "Snooze what is selected", where: "Alerts" },
  { id: "acknowledge", keys: ["a"], says: "Acknowledge: I have it", where: "Lists" },
  { id: "note", keys: ["n"], says: "Write a note", where: "Incident" },
  { id: "take", keys: ["p"], says: "Take the pager", where: "On call" },
  { id: "override", keys: ["o"], says: "Override the turn", where: "On call" },
  { id: "earlier", keys: ["["], says: "Earlier", where: "On call" },
  { id: "later", keys: ["]"], says: "Later", where: "On call" },
  { id: "today", keys: ["t"], says: "Today", where: "On call" },
  { id: "view", keys: ["v"], says: "Week, month or list", where: "On call" },
];

// Single keys can be in the way of speech input and of slips (WCAG 2.1.4): they can be left to the
// chords, or all be off. The help and the buttons work in any mode.
export type KeyMode = "all" | "chords" | "off";
export const keyModes: readonly { mode: KeyMode; says: string }[] = [
  { mode: "all", says: "All keys" },
  { mode: "chords", says: "Only two-key chords" },
  { mode: "off", says: "Off" },
];
