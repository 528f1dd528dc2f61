import { beforeEach, describe, expect, test } from "vitest";
import { KeyDispatcher } from "../../src/keys/dispatcher";
import { keyTable } from "../../src/keys/table";

const plain = { ctrlKey: false, metaKey: false, altKey: false, isEditing: false };
let keys: KeyDispatcher;
let done: string[];

beforeEach(() => {
  keys = new KeyDispatcher();
  done = [];
  keys.bind("go.now", () => done.push("now"));
  keys.bind("next", () => done.push("next"));
});

const press = (key: string, at = 0, more = {}) => keys.press({ ...plain, key, ...more }, at);

describe("keys", () => {
  test("the table binds each key once, and no single key begins a chord", () => {
    const all = keyTable.map((row) => row.keys.join(" "));
    expect(new Set(all).size).toBe(all.length);
    const firsts = new Set(keyTable.flatMap((row) => (row.keys.length === 2 ? [row.keys[0]] : [])));
    for (const row of keyTable)
      if (row.keys.length === 1) expect(firsts).not.toContain(row.keys[0]);
  });

  test("a single key and a chord act", () => {
    expect(press("j")).toBe(true);
    expect(press("g")).toBe(true);
    expect(press("n")).toBe(true);
    expect(done).toEqual(["next", "now"]);
  });

  test("a chord that takes too long is none", () => {
    press("g", 0);
    expect(press("n", 1501)).toBe(false);
    expect(done).toEqual([]);
  });

  test("the second half of a chord is not taken for a single key", () => {
    keys.bind("note", () => done.push("note"));
    press("g", 0);
    press("n", 100);
    expect(done).toEqual(["now"]);
  });

  test("while somebody types, and with a modifier, nothing acts", () => {
    expect(press("j", 0, { isEditing: true })).toBe(false);
    expect(press("j", 0, { ctrlKey: true })).toBe(false);
    expect(press("j", 0, { metaKey: true })).toBe(false);
    expect(done).toEqual([]);
  });

  test("single keys can be off, and all can", () => {
    keys.mode = "chords";
    expect(press("j")).toBe(false);
    press("g");
    press("n");
    expect(done).toEqual(["now"]);
    keys.mode = "off";
    press("g");
    expect(press("n")).toBe(false);
    expect(done).toEqual(["now"]);
  });

  test("the handler that was bound last goes first and may pass the key on", () => {
    const release = keys.bind("next", () => {
      done.push("inner");
      return false;
    });
    press("j");
    expect(done).toEqual(["inner", "next"]);
    release();
    press("j");
    expect(done).toEqual(["inner", "next", "next"]);
  });

  test("a key that nobody has bound is left to the browser", () => {
    expect(press("k")).toBe(false);
    expect(press("ArrowDown")).toBe(false);
  });
});
