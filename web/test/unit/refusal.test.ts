import { describe, expect, test } from "vitest";
import { refusals } from "../../src/oncall/refusal";

const fields = ["begin", "end", "shifts[0]", "shifts[1]"];
// Where a message is shown: the field, "" for beside the button.
const placeOf = (message: string | null) =>
  ["", ...fields, "note"].filter((field) => refusals(message, fields).at(field) !== undefined);

describe("what a server refuses is shown", () => {
  test("nowhere when nothing was refused", () => {
    expect(placeOf(null)).toEqual([]);
  });

  test("at the field that the message begins with", () => {
    expect(placeOf("end must be after begin")).toEqual(["end"]);
    expect(placeOf("begin: no time")).toEqual(["begin"]);
    expect(placeOf("end")).toEqual(["end"]);
    expect(placeOf("shifts[1].people: alan is unknown")).toEqual(["shifts[1]"]);
    expect(placeOf("shifts[0]: end must be after begin")).toEqual(["shifts[0]"]);
  });

  test("beside the button when no field of the form is meant", () => {
    expect(placeOf("note is longer than 1000 bytes; shorten it")).toEqual([""]);
    expect(placeOf("shifts[2]: reaches beyond the plan")).toEqual([""]);
    expect(placeOf("ending is not a field")).toEqual([""]);
    expect(placeOf("The line is down")).toEqual([""]);
    expect(placeOf("")).toEqual([""]);
  });

  test("in the server's words, without the full stop that the form sets", () => {
    expect(refusals("end is in the past; nothing would change.", fields).at("end")).toBe(
      "end is in the past; nothing would change",
    );
    expect(refusals("It broke.", fields).at("")).toBe("It broke");
  });
});
