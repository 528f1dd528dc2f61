import { expect, test } from "vitest";
import { applyChoice, completeAt, indexLabels } from "../../src/alerts/completion";
import { posted } from "./posted_make";

const index = indexLabels([
  posted({ alertname: "Down", severity: "page", dc: "fra" }),
  posted({ alertname: "Slow", severity: "page", dc: "ams two" }),
  posted({ alertname: "Shop Down", severity: "warning" }),
]);
const at = (line: string) => {
  const caret = line.indexOf("^");
  const text = line.replace("^", "");
  return { text, ...completeAt(text, caret, index) };
};
const texts = (line: string) => at(line).choices.map((choice) => choice.text);

test("names at the begin, after a space, and for what was typed", () => {
  expect(texts("^")).toEqual(["dc", "severity", "alertname"]);
  expect(texts("dc=fra ^")).toContain("severity");
  expect(texts("s^")).toEqual(["severity"]);
  expect(texts("name^")).toEqual(["alertname"]);
  expect(at("sev^").choices[0]).toMatchObject({ insert: "severity=", note: "2 values" });
});

test("values of the label, the frequent first, begins before contains", () => {
  expect(texts("severity=^")).toEqual(["page", "warning"]);
  expect(at("severity=^").choices[0]?.note).toBe("2 alerts");
  expect(texts("alertname=down^")).toEqual(["Down", "Shop Down"]);
  expect(texts('alertname="Sh^')).toEqual(["Shop Down"]);
  expect(texts("nothing=^")).toEqual([]);
  expect(texts('severity="page"^')).toEqual([]);
});

test("of an expression the last alternative", () => {
  const { choices, text, ...place } = at("severity=~page|w^");
  expect(choices[0]).toMatchObject({ text: "warning", insert: '"page|warning"' });
  const [choice] = choices;
  if (!choice) throw new Error("no choice");
  expect(applyChoice(text, { choices, ...place }, choice).line).toBe('severity=~"page|warning" ');
});

test("a choice takes the place of what was typed and leaves the rest", () => {
  const put = (line: string) => {
    const { text, ...completion } = at(line);
    const [choice] = completion.choices;
    if (!choice) throw new Error("no choice");
    const { line: after, caret } = applyChoice(text, completion, choice);
    return `${after.slice(0, caret)}^${after.slice(caret)}`;
  };
  expect(put("sev^ dc=fra")).toBe("severity=^ dc=fra");
  expect(put("severity=p^")).toBe("severity=page ^");
  expect(put("severity=p^ge dc=fra")).toBe("severity=page ^dc=fra");
  expect(put('alertname="sh^op"')).toBe('alertname="Shop Down" ^');
});
