// The routes of on-call that api/openapi.yaml does not describe yet, in the same form, so that the
// stand-in and the journeys hold answers to them all the same. What the description knows goes first:
// when it has them all, this file goes.
const str = { type: "string" };
const time = { type: "string", format: "date-time" };
const num = { type: "number" };
const bool = { type: "boolean" };
const oneOf = (...names) => ({ type: "string", enum: names });
const maybe = (schema) => ({ ...schema, nullable: true });
const arr = (items) => ({ type: "array", items });
const obj = (properties, optional = []) => ({
  type: "object",
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const ids = arr(str);

const overrideBody = {
  kind: oneOf("add", "remove", "replace"),
  person: str,
  replaces: str,
  begin: time,
  end: time,
  note: str,
};
const Override = obj({ id: str, ...overrideBody, by: str });
const shift = obj({ people: ids, begin: time, end: time });
const Plan = obj({ id: str, begin: time, end: time, note: str, shifts: arr(shift) });
const swapBody = { from: str, to: str, begin: time, end: time, note: str };
const Swap = obj({
  id: str,
  schedule: str,
  ...swapBody,
  state: oneOf("open", "taken", "declined", "withdrawn", "expired"),
  created: time,
});
const Absence = obj({ id: str, person: str, begin: time, end: time, note: str });
const summary = {
  id: str,
  name: str,
  team: str,
  zone: str,
  on_call: obj({ people: ids, shadows: ids, begin: time, end: time, explain: str }),
  faults: arr(
    obj({
      kind: oneOf("gap", "unreachable", "long_shift", "unknown_person"),
      begin: time,
      end: time,
      person: maybe(str),
      text: str,
    }),
  ),
};
const Layer = obj({
  name: str,
  zone: str,
  every: str,
  hand_off: str,
  people: arr(ids),
  hours: str,
  off: ids,
  is_shadow: bool,
});
const Schedule = obj({
  ...summary,
  layers: arr(Layer),
  overrides: arr(Override),
  plans: arr(Plan),
  swaps: arr(Swap),
  absences: arr(Absence),
});
const Turn = obj({
  begin: time,
  end: time,
  people: ids,
  shadows: ids,
  why: arr(obj({ kind: str, layer: str, turn: num, id: str, instead_of: ids })),
  explain: str,
});
const target = obj({ kind: str, name: str });
const person = obj({
  person: str,
  via: str,
  contacts: arr(obj({ name: str, after_seconds: num })),
});
const Policy = obj({
  id: str,
  teams: ids,
  steps: arr(obj({ after_seconds: num, targets: arr(target), when: str })),
  repeat: num,
  repeat_after_seconds: num,
  acknowledgements: num,
  acknowledged_for_seconds: num,
  bring_in: maybe(obj({ after_seconds: num, severities: ids, targets: arr(target) })),
  fallback: arr(target),
  channels: ids,
});
const step = obj({
  at: time,
  after_seconds: num,
  people: arr(person),
  channels: ids,
  skipped: maybe(str),
});
const Load = obj({
  person: str,
  pages: num,
  working: num,
  free: num,
  sleeping: num,
  interruptions: num,
  shift_seconds: num,
});
const IcalLink = obj({ id: str, kind: oneOf("person", "schedule", "team"), name: str, url: str }, [
  "url",
]);

const content = (schema) => ({ content: { "application/json": { schema } } });
const failure = content(obj({ error: obj({ code: str, message: str, request_id: str }) }));
const reads = (operationId, schema) => ({
  operationId,
  responses: { 200: content(schema), default: failure },
});
const makes = (operationId, body, schema, status = 201) => ({
  operationId,
  requestBody: content(body),
  responses: { [status]: content(schema), default: failure },
});
const removes = (operationId) => ({ operationId, responses: { 204: {}, default: failure } });
const answers = (operationId) => makes(operationId, obj({ person: str }), Swap, 200);

const schedule = "/api/v1/schedules/{id}";
export const onCallPaths = {
  "/api/v1/schedules": { get: reads("listSchedules", obj({ schedules: arr(obj(summary)) })) },
  [schedule]: { get: reads("readSchedule", Schedule) },
  [`${schedule}/turns`]: {
    get: reads(
      "readTurns",
      obj({ turns: arr(Turn), layers: arr(obj({ name: str, turns: arr(Turn) })) }),
    ),
  },
  [`${schedule}/history`]: {
    get: reads(
      "readServed",
      obj({ served: arr(obj({ person: str, begin: time, end: maybe(time), why: str })) }),
    ),
  },
  [`${schedule}/overrides`]: { post: makes("makeOverride", obj(overrideBody), Override) },
  [`${schedule}/overrides/{oid}`]: { delete: removes("removeOverride") },
  [`${schedule}/take`]: {
    post: makes("takePager", obj({ person: str, until: maybe(time) }), Override),
  },
  [`${schedule}/swaps`]: { post: makes("askForSwap", obj(swapBody), Swap) },
  "/api/v1/swaps/{sid}/take": { post: answers("takeSwap") },
  "/api/v1/swaps/{sid}/decline": { post: answers("declineSwap") },
  "/api/v1/swaps/{sid}/withdraw": { post: answers("withdrawSwap") },
  "/api/v1/ical-links": {
    get: reads("listIcalLinks", obj({ links: arr(IcalLink) })),
    post: makes("makeIcalLink", obj({ kind: str, name: str }), IcalLink),
  },
  "/api/v1/ical-links/{lid}": { delete: removes("removeIcalLink") },
  "/api/v1/on-call/me": {
    get: reads(
      "readOnCallMe",
      obj({
        person: str,
        now: arr(obj({ schedule: str, until: time })),
        shifts: arr(obj({ schedule: str, begin: time, end: time })),
      }),
    ),
  },
  "/api/v1/escalation-policies": { get: reads("listPolicies", obj({ policies: arr(Policy) })) },
  "/api/v1/escalation-policies/{id}/preview": {
    get: reads(
      "previewPolicy",
      obj({
        rounds: arr(obj({ steps: arr(step) })),
        bring_in: maybe(obj({ at: time, people: arr(person) })),
      }),
    ),
  },
  "/api/v1/on-call/load": { get: reads("readLoad", obj({ people: arr(Load) })) },
};
