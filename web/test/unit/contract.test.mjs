import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { check, checkAnswer, checkRequest, operationOf } from "../standin/contract.mjs";
import { contentSecurityPolicy } from "../standin/headers.mjs";

describe("the check against api/openapi.yaml", () => {
  test("finds the operation, fixed segments before parameters", () => {
    expect(operationOf("GET", "/api/v1/objectives/x/chart")?.operation.operationId).toBe(
      "chartObjective",
    );
    expect(operationOf("GET", "/api/v1/nothing")).toBeUndefined();
  });

  test("says what is missing, of the wrong kind, unknown, or not a time of ours", () => {
    const me = { actor: 7, role: "king", shoe: 1 };
    expect(checkAnswer("GET", "/api/v1/session", 200, me)).toEqual([
      "GET /api/v1/session 200.actor: 7 is no string",
      'GET /api/v1/session 200.role: "king" is none of responder, admin',
      "GET /api/v1/session 200: shoe is not in the description",
    ]);
    expect(checkAnswer("GET", "/api/v1/session", 404, {})[0]).toContain("error is missing");
    expect(
      check({ type: "string", format: "date-time" }, "2026-01-05T00:00:00Z", "at"),
    ).toHaveLength(1);
    expect(check({ type: "string", nullable: true }, null, "x")).toEqual([]);
    expect(check({ type: "string" }, null, "x")).toEqual(["x: is null"]);
  });

  test("takes the parts of an allOf as one", () => {
    const part = (name) => ({
      type: "object",
      required: [name],
      properties: { [name]: { type: "string" } },
    });
    const schema = { allOf: [part("a"), part("b")], nullable: true };
    expect(check(schema, { a: "x", b: "y" }, "it")).toEqual([]);
    expect(check(schema, null, "it")).toEqual([]);
    expect(check(schema, { a: "x", c: 1 }, "it")).toEqual([
      "it: b is missing",
      "it: c is not in the description",
    ]);
  });

  test("holds requests too", () => {
    expect(checkRequest("POST", "/api/v1/incidents/1/notes", { text: "" })).toHaveLength(1);
    expect(checkRequest("POST", "/api/v1/incidents/1/notes", { text: "x" })).toEqual([]);
  });
});

test("the stand-in is as strict as the server", () => {
  const source = readFileSync(new URL("../../../src/server/assets.cc", import.meta.url), "utf8");
  const begin = source.indexOf("kPolicy");
  const policy = source.slice(begin, source.indexOf('";', begin) + 1);
  const joined = [...policy.matchAll(/"([^"]*)"/g)].map((match) => match[1]).join("");
  expect(joined).toBe(contentSecurityPolicy);
});
