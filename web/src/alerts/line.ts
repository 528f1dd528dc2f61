// The filter line: matchers and words, with spaces or commas between them. It never fails as a
// whole: a part that cannot be read is kept with the reason, and the others hold.
import type { Matcher, PostedAlert } from "../api/types";
import { type LabelTest, ops, testOf } from "./matcher";
import { haystackOf } from "./posted";

interface Place {
  from: number;
  to: number;
}
export type Part = Place &
  (
    | { kind: "matcher"; matcher: Matcher; test: LabelTest; valueFrom: number }
    | { kind: "word"; text: string }
    | { kind: "wrong"; says: string; matcher?: Omit<Matcher, "value">; valueFrom?: number }
  );

export function parseLine(text: string): Part[] {
  const parts: Part[] = [];
  const braced = /^\s*\{/.test(text);
  let at = 0;
  for (;;) {
    while (at < text.length && isBetween(text.charAt(at), braced)) at++;
    if (at >= text.length) return parts;
    const part = parsePart(text, at, braced);
    parts.push(part);
    at = part.to;
  }
}

const isSpace = (c: string) => c === " " || c === "\t" || c === "\n";
const isBetween = (c: string, braced: boolean) =>
  isSpace(c) || c === "," || (braced && (c === "{" || c === "}"));

function parsePart(text: string, from: number, braced: boolean): Part {
  const name = readName(text, from);
  if (name === null)
    return { kind: "wrong", says: "the quote is not closed", from, to: text.length };
  let at = name.to;
  while (isSpace(text.charAt(at))) at++;
  const op = ops.find((one) => text.startsWith(one, at));
  // Not a matcher: words that labels or annotations contain.
  if (!op) {
    return name.text === ""
      ? { kind: "wrong", says: `nothing begins with ${text.charAt(from)}`, from, to: from + 1 }
      : { kind: "word", text: name.text, from, to: name.to };
  }
  const spaced = at > name.to;
  at += op.length;
  while (spaced && isSpace(text.charAt(at))) at++;
  if (name.text === "") {
    const to = endOfBare(text, at, braced);
    return { kind: "wrong", says: `a label's name is missing before ${op}`, from, to };
  }
  return readValue(text, { from, at, name: name.text, op, braced });
}

interface Begun {
  from: number;
  at: number; // where the value begins
  name: string;
  op: Matcher["op"];
  braced: boolean;
}

function readValue(text: string, { from, at, name, op, braced }: Begun): Part {
  const begun = { matcher: { name, op }, valueFrom: at };
  const wrong = (says: string, to: number): Part => ({ kind: "wrong", says, from, to, ...begun });
  let value: string;
  let to: number;
  if (text.charAt(at) === '"') {
    const quote = readQuoted(text, at);
    if (!quote) return wrong(`the quote of ${name} is not closed`, text.length);
    [value, to] = [quote.text, quote.to];
  } else {
    to = endOfBare(text, at, braced);
    value = text.slice(at, to);
    if (value === "") {
      return wrong(`${name}${op} needs a value; ${name}${op}"" asks for the label's absence`, to);
    }
  }
  const matcher = { name, op, value };
  try {
    return { kind: "matcher", matcher, test: testOf(matcher), valueFrom: at, from, to };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return wrong(`the expression of ${name} is wrong: ${why}`, to);
  }
}

function readName(text: string, from: number): { text: string; to: number } | null {
  if (text.charAt(from) === '"') return readQuoted(text, from);
  let to = from;
  while (to < text.length) {
    const c = text.charAt(to);
    if (isSpace(c) || c === "," || c === "=" || c === '"' || c === "{" || c === "}") break;
    if (c === "!" && /[=~]/.test(text.charAt(to + 1))) break;
    to++;
  }
  return { text: text.slice(from, to), to };
}

function readQuoted(text: string, from: number): { text: string; to: number } | null {
  let value = "";
  for (let at = from + 1; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '"') return { text: value, to: at + 1 };
    if (c === "\\" && at + 1 < text.length) {
      const next = text.charAt(++at);
      value += next === "n" ? "\n" : next === '"' || next === "\\" ? next : `\\${next}`;
    } else {
      value += c;
    }
  }
  return null;
}

function endOfBare(text: string, from: number, braced: boolean): number {
  let to = from;
  while (to < text.length && !isSpace(text.charAt(to)) && text.charAt(to) !== ",") to++;
  while (braced && to > from && text.charAt(to - 1) === "}") to--;
  return to;
}

// A matcher as the server writes it, also one whose expression only the server can read. Null where
// the text is none.
export function readMatcher(text: string): Matcher | null {
  const name = readName(text, 0);
  const op = name && ops.find((one) => text.startsWith(one, name.to));
  if (!name || !op || name.text === "") return null;
  const at = name.to + op.length;
  const value = text.charAt(at) === '"' ? readQuoted(text, at)?.text : text.slice(at);
  return value === undefined ? null : { name: name.text, op, value };
}

export const readMatchers = (texts: readonly string[]): Matcher[] =>
  texts.flatMap((text) => readMatcher(text) ?? []);

export function faultsOf(parts: Part[]): string[] {
  return parts.flatMap((part) => (part.kind === "wrong" ? [part.says] : []));
}

export function matchersOf(parts: Part[]): Matcher[] {
  return parts.flatMap((part) => (part.kind === "matcher" ? [part.matcher] : []));
}

export function wordsOf(parts: Part[]): string[] {
  return parts.flatMap((part) => (part.kind === "word" ? [part.text.toLowerCase()] : []));
}

// Undefined when the line asks for nothing.
export function testOfLine(parts: Part[]): ((alert: PostedAlert) => boolean) | undefined {
  const tests = parts.flatMap((part) => (part.kind === "matcher" ? [part.test] : []));
  const words = wordsOf(parts);
  if (tests.length === 0 && words.length === 0) return undefined;
  return (alert) => {
    for (const test of tests) if (!test(alert.labels)) return false;
    if (words.length === 0) return true;
    const hay = haystackOf(alert);
    for (const word of words) if (!hay.includes(word)) return false;
    return true;
  };
}

// The line with one more matcher, once.
export function withPart(line: string, part: string): string {
  const trimmed = line.trim();
  if (trimmed === "") return part;
  return trimmed.includes(part) ? trimmed : `${trimmed} ${part}`;
}
