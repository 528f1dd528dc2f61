import { describe, expect, test } from "vitest";
import { faultsOf, gapsOf, nextRow, planOf, rowOf } from "../../src/oncall/plan";
import { refusals } from "../../src/oncall/refusal";

const zone = "Europe/Berlin";
const at = (text: string) => Date.parse(text);
const plan = { begin: at("2026-12-24T08:00:00Z"), end: at("2026-12-27T08:00:00Z") };
const first = rowOf(1, ["ada"], { begin: plan.begin, end: at("2026-12-25T08:00:00Z") }, zone);

describe("a fixed plan", () => {
  test("has times of the zone's clock, and goes on where the last shift ends", () => {
    expect(first).toMatchObject({ begin: "2026-12-24T09:00", end: "2026-12-25T09:00" });
    const next = nextRow([first], plan, zone, "grace");
    expect(next).toMatchObject({ key: 2, begin: first.end, end: "2026-12-27T09:00" });
    expect(nextRow([], plan, zone, "").begin).toBe("2026-12-24T09:00");
    const whole = rowOf(5, ["ada"], plan, zone);
    expect(nextRow([whole], plan, zone, "")).toMatchObject({ key: 6, begin: whole.begin });
  });

  test("says what is wrong with a shift", () => {
    const says = (row: Partial<typeof first>) =>
      faultsOf([{ ...first, ...row }], plan, zone).map((one) => one.says);
    expect(says({})).toEqual([]);
    expect(says({ people: ["", ""] })).toEqual(["Say who"]);
    expect(says({ begin: "" })).toEqual(["The begin or the end is no time"]);
    expect(says({ end: first.begin })).toEqual(["It ends before it begins"]);
    expect(says({ end: "2026-12-27T09:01" })).toEqual(["It reaches beyond the plan"]);
  });

  test("says when nobody would be rung", () => {
    expect(gapsOf([first], plan, zone)).toEqual([
      { begin: at("2026-12-25T08:00:00Z"), end: plan.end },
    ]);
    const later = rowOf(
      2,
      ["grace"],
      { begin: at("2026-12-25T20:00:00Z"), end: at("2026-12-26T08:00:00Z") },
      zone,
    );
    expect(gapsOf([later, first], plan, zone)).toHaveLength(2);
    expect(gapsOf([rowOf(3, ["ada"], plan, zone), later], plan, zone)).toEqual([]);
    expect(gapsOf([], plan, zone)).toEqual([plan]);
  });

  test("is what the API wants: nobody twice, and no empty name", () => {
    const body = planOf([{ ...first, people: ["ada", "", "ada", "grace"] }], plan, zone, "x-mas");
    expect(body).toEqual({
      begin: "2026-12-24T08:00:00.000Z",
      end: "2026-12-27T08:00:00.000Z",
      note: "x-mas",
      shifts: [
        {
          people: ["ada", "grace"],
          begin: "2026-12-24T08:00:00.000Z",
          end: "2026-12-25T08:00:00.000Z",
        },
      ],
    });
  });
});

describe("what the server refuses", () => {
  const fields = ["begin", "end", "shifts[0]", "shifts[1]"];
  const where = (message: string) =>
    [...fields, ""].filter((field) => refusals(message, fields).at(field) !== undefined);

  test("stands at the field that it names", () => {
    expect(where("end is in the past; nothing would change")).toEqual(["end"]);
    expect(where("shifts[1].people is empty; name somebody")).toEqual(["shifts[1]"]);
    expect(where("shifts[0]: end must be after begin")).toEqual(["shifts[0]"]);
    expect(refusals("end must be after begin.", fields).at("end")).toBe("end must be after begin");
  });

  test("and what names none stands by the button", () => {
    expect(where("a plan is at most 400d long")).toEqual([""]);
    expect(where("endless")).toEqual([""]);
    expect(where("shifts[7]: x")).toEqual([""]);
    expect(refusals(null, fields).at("")).toBeUndefined();
  });
});
