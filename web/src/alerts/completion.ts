// What may stand at the caret of the filter line: label names, then the values of that label, with
// how many of the loaded alerts have each.
import type { PostedAlert } from "../api/types";
import { parseLine } from "./line";
import { nameText, quoted } from "./matcher";

export type LabelIndex = ReadonlyMap<string, ReadonlyMap<string, number>>;

type Growing = Map<string, Map<string, number>>;

function addLabels(index: Growing, alerts: readonly PostedAlert[]): void {
  for (const { labels } of alerts) {
    for (const [name, value] of Object.entries(labels)) {
      const values = index.get(name) ?? new Map<string, number>();
      index.set(name, values);
      values.set(value, (values.get(value) ?? 0) + 1);
    }
  }
}

export function indexLabels(alerts: readonly PostedAlert[]): LabelIndex {
  const index: Growing = new Map();
  addLabels(index, alerts);
  return index;
}

const indexedAtOnce = 1000;

// The same in small pieces, the first after `wait`: no key has to wait for all of ten thousand
// alerts. Returns what ends it.
export function indexSlowly(
  alerts: readonly PostedAlert[],
  wait: number,
  onDone: (index: LabelIndex) => void,
): () => void {
  const index: Growing = new Map();
  let at = 0;
  const step = () => {
    addLabels(index, alerts.slice(at, at + indexedAtOnce));
    at += indexedAtOnce;
    if (at < alerts.length) timer = setTimeout(step, 20);
    else onDone(index);
  };
  let timer = setTimeout(step, wait);
  return () => clearTimeout(timer);
}

export interface Choice {
  text: string; // what is shown
  insert: string;
  note: string; // "12 alerts", "4 values"
}

export interface Completion {
  from: number; // what the choice replaces
  to: number;
  choices: Choice[];
}

const most = 12;
const none: Completion = { from: 0, to: 0, choices: [] };

export function completeAt(line: string, caret: number, index: LabelIndex): Completion {
  const before = line.slice(0, caret);
  const part = parseLine(before).at(-1);
  // After a space a new part begins.
  if (!part || part.to < caret) return completeName("", caret, caret, index);
  if (part.kind === "word") return completeName(part.text, part.from, caret, index);
  if (part.kind === "wrong" && !part.matcher) return none;
  const name = part.matcher?.name ?? "";
  const from = part.valueFrom ?? caret;
  const isClosed = /^".*[^\\]"$|^""$/.test(line.slice(from, caret));
  if (isClosed) return none;
  const typed = line.slice(from, caret).replace(/^"/, "");
  const isRegex = part.matcher?.op.endsWith("~") ?? false;
  return completeValue({ name, typed, isRegex, from, to: endOfValue(line, from, caret) }, index);
}

// The rest of a value that the caret stands within goes with it.
function endOfValue(line: string, from: number, caret: number): number {
  const rest = /^[^\s,"]*"?/.exec(line.slice(caret))?.[0] ?? "";
  return line.charAt(from) === '"' || !rest.endsWith('"') ? caret + rest.length : caret;
}

function completeName(typed: string, from: number, to: number, index: LabelIndex): Completion {
  // A label of many values narrows least: those of few come first.
  const choices = rank([...index.keys()], typed, (name) => index.get(name)?.size ?? 0).map(
    (name) => {
      const count = index.get(name)?.size ?? 0;
      return {
        text: name,
        insert: `${nameText(name)}=`,
        note: count === 1 ? "1 value" : `${count} values`,
      };
    },
  );
  return { from, to, choices };
}

interface Asked {
  name: string;
  typed: string;
  isRegex: boolean;
  from: number;
  to: number;
}

function completeValue({ name, typed, isRegex, from, to }: Asked, index: LabelIndex): Completion {
  const values = index.get(name);
  if (!values) return none;
  // Of an expression the last alternative is completed: `a|b`.
  const head = isRegex ? typed.slice(0, typed.lastIndexOf("|") + 1) : "";
  const wanted = typed.slice(head.length);
  const choices = rank([...values.keys()], wanted, (value) => -(values.get(value) ?? 0))
    .filter((value) => value !== "")
    .map((value) => {
      const count = values.get(value) ?? 0;
      return {
        text: value,
        insert: bareOrQuoted(head + value),
        note: count === 1 ? "1 alert" : `${count} alerts`,
      };
    });
  return { from, to, choices };
}

const bareOrQuoted = (text: string) => (/^[\w.:/-]+$/.test(text) ? text : quoted(text));

// Those that begin with what was typed first, then those that contain it; within each by `weight`.
function rank(texts: string[], typed: string, weight: (text: string) => number): string[] {
  const wanted = typed.toLowerCase();
  return texts
    .map((text) => ({ text, at: text.toLowerCase().indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .sort(
      (a, b) =>
        Math.min(a.at, 1) - Math.min(b.at, 1) ||
        weight(a.text) - weight(b.text) ||
        (a.text < b.text ? -1 : 1),
    )
    .slice(0, most)
    .map(({ text }) => text);
}

export function applyChoice(line: string, completion: Completion, choice: Choice) {
  const isValue = !choice.insert.endsWith("=");
  const insert = isValue ? `${choice.insert} ` : choice.insert;
  const rest = line.slice(completion.to);
  return {
    line: line.slice(0, completion.from) + insert + (isValue ? rest.trimStart() : rest),
    caret: completion.from + insert.length,
  };
}
