// Matchers as Alertmanager has them: `severity="page"`, `job=~"shop.*"`. A label that is not there
// is an empty one; a regular expression is anchored at both ends.
import type { Labels, Matcher } from "../api/types";

export type LabelTest = (labels: Labels) => boolean;

export const ops = ["=~", "!~", "!=", "="] as const; // the longer ones first, for the parser

// Throws an Error in words for the reader where the matcher cannot be used.
export function testOf(matcher: Matcher): LabelTest {
  const { name, op, value } = matcher;
  if (op === "=") return (labels) => (labels[name] ?? "") === value;
  if (op === "!=") return (labels) => (labels[name] ?? "") !== value;
  const expression = regExpOf(value);
  const wanted = op === "=~";
  // Ten thousand alerts have few different values of a label.
  const known = new Map<string, boolean>();
  return (labels) => {
    const text = labels[name] ?? "";
    let fits = known.get(text);
    if (fits === undefined) {
      fits = expression.test(text);
      known.set(text, fits);
    }
    return fits === wanted;
  };
}

const classes: Record<string, string> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  digit: "0-9",
  lower: "a-z",
  punct: "!-\\/:-@\\[-`{-~",
  space: "\\s",
  upper: "A-Z",
  word: "\\w",
  xdigit: "0-9A-Fa-f",
};

// The server matches with RE2. What only one of the two syntaxes has is translated, or refused, so
// that a filter here never means another thing than the same matcher in a silence.
export function regExpOf(pattern: string): RegExp {
  if (/\(\?<?[=!]/.test(pattern)) throw new Error("look-around is not known to the server");
  if (/(^|[^\\])(\\\\)*\\[1-9]/.test(pattern)) {
    throw new Error("back references are not known to the server");
  }
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  const body = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll("(?P<", "(?<")
    .replaceAll("\\A", "^")
    .replaceAll("\\z", "$")
    .replace(/\[:(\w+):\]/g, (whole, name: string) => classes[name] ?? whole);
  const anchored = `^(?:${body})$`;
  try {
    return new RegExp(anchored, `${flags?.[1] ?? ""}u`);
  } catch {
    // With the u flag an escape that means nothing, such as `\-`, is an error; RE2 takes it.
  }
  try {
    return new RegExp(anchored, flags?.[1] ?? "");
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /, "") : "";
    throw new Error(why === "" ? "it cannot be read" : why.toLowerCase());
  }
}

// A literal text as a regular expression of RE2.
export function escapeRegExp(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

export function nameText(name: string): string {
  return /^[A-Za-z_][\w:]*$/.test(name) ? name : quoted(name);
}

export function matcherText({ name, op, value }: Matcher): string {
  return `${nameText(name)}${op}${quoted(value)}`;
}
