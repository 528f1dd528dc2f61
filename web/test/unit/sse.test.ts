import { expect, test } from "vitest";
import { EventParser } from "../../src/live/sse";

const whole =
  "event: entries\nid: 7\ndata: [1,\ndata: 2]\n\n: still here\n\nevent: pulse\ndata: {}\n\n";

test("events come whole, with their id, and comments are none", () => {
  expect(new EventParser().push(whole)).toEqual([
    { event: "entries", data: "[1,\n2]", id: "7" },
    { event: "pulse", data: "{}", id: "7" },
  ]);
});

test("wherever the bytes are cut, the same events come", () => {
  const text = whole.replaceAll("\n", "\r\n");
  for (let cut = 0; cut <= text.length; cut++) {
    const parser = new EventParser();
    const events = [...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))];
    expect(events, `cut at ${cut}`).toHaveLength(2);
    expect(events[0]?.data).toBe("[1,\n2]");
  }
});

test("a field without a colon, an event without data and a last line without end give nothing", () => {
  expect(new EventParser().push("data\nevent: hello\n\nevent: only\n\ndata: x\n")).toEqual([
    { event: "hello", data: "", id: "" },
  ]);
});
