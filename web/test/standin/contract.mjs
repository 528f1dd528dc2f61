// Holds requests and answers to api/openapi.yaml (OpenAPI 3.0, the parts of it that the file uses).
import { readFileSync } from "node:fs";
import { parse } from "yaml";

const source = new URL("../../../api/openapi.yaml", import.meta.url);
export const contract = parse(readFileSync(source, "utf8"));

const routes = Object.entries(contract.paths).flatMap(([pattern, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    method: method.toUpperCase(),
    segments: pattern.split("/"),
    pattern,
    operation,
  })),
);

// The operation of a request, with a fixed segment before a parameter.
export function operationOf(method, path) {
  const parts = path.split("/");
  const fits = routes.filter(
    (route) =>
      route.method === method &&
      route.segments.length === parts.length &&
      route.segments.every((segment, i) => segment.startsWith("{") || segment === parts[i]),
  );
  return fits.sort((a, b) => a.pattern.split("{").length - b.pattern.split("{").length)[0];
}

// [] or what does not fit, each with its place. `body` is parsed JSON.
export function checkAnswer(method, path, status, body) {
  const route = operationOf(method, path);
  if (!route) return [`${method} ${path}: not in api/openapi.yaml`];
  const { responses } = route.operation;
  const response = resolve(responses[status] ?? responses.default);
  if (!response) return [`${method} ${path}: status ${status} is not in api/openapi.yaml`];
  const schema = response.content?.["application/json"]?.schema;
  return schema ? check(schema, body, `${method} ${route.pattern} ${status}`) : [];
}

export function checkRequest(method, path, body) {
  const route = operationOf(method, path);
  const schema = route?.operation.requestBody?.content?.["application/json"]?.schema;
  return schema ? check(schema, body, `${method} ${route.pattern} request`) : [];
}

export const schemaNamed = (name) => contract.components.schemas[name];

function resolve(node) {
  if (!node?.$ref) return node;
  return resolve(
    node.$ref
      .slice(2)
      .split("/")
      .reduce((at, name) => at[name], contract),
  );
}

// All parts of an `allOf` as one schema: a property that one of them names is known.
function joined(schema) {
  if (!schema.allOf) return schema;
  const { allOf, ...own } = schema;
  const parts = [...allOf.map((part) => joined(resolve(part))), own];
  const properties = Object.assign({}, ...parts.map((part) => part.properties));
  const required = parts.flatMap((part) => part.required ?? []);
  const whole = Object.assign({}, ...parts, { required });
  return Object.keys(properties).length > 0 ? { ...whole, properties } : whole;
}

export function check(rawSchema, value, where) {
  const schema = joined(resolve(rawSchema));
  if (value === null) {
    return schema.nullable || Object.keys(schema).length === 0 ? [] : [`${where}: is null`];
  }
  const faults = [];
  if (schema.enum && !schema.enum.includes(value)) {
    faults.push(`${where}: ${JSON.stringify(value)} is none of ${schema.enum.join(", ")}`);
  }
  const isRight = {
    string: () => typeof value === "string",
    number: () => typeof value === "number" && Number.isFinite(value),
    integer: () => Number.isInteger(value),
    boolean: () => typeof value === "boolean",
    array: () => Array.isArray(value),
    object: () => typeof value === "object" && !Array.isArray(value),
  }[schema.type];
  if (isRight && !isRight())
    return [...faults, `${where}: ${JSON.stringify(value)} is no ${schema.type}`];
  if (schema.type === "object") faults.push(...checkObject(schema, value, where));
  else if (schema.type === "array") faults.push(...checkItems(schema, value, where));
  else faults.push(...checkScalar(schema, value, where));
  return faults;
}

function checkObject(schema, value, where) {
  const faults = [];
  for (const name of schema.required ?? []) {
    if (!(name in value)) faults.push(`${where}: ${name} is missing`);
  }
  for (const [name, one] of Object.entries(value)) {
    const property = schema.properties?.[name];
    if (property) faults.push(...check(property, one, `${where}.${name}`));
    else if (
      schema.additionalProperties === false ||
      (schema.properties && !schema.additionalProperties)
    ) {
      faults.push(`${where}: ${name} is not in the description`);
    } else if (typeof schema.additionalProperties === "object") {
      faults.push(...check(schema.additionalProperties, one, `${where}.${name}`));
    }
  }
  return faults;
}

function checkItems(schema, value, where) {
  // The first few tell of a fault; a chart has thousands.
  const faults = [];
  for (const [i, item] of value.entries()) {
    faults.push(...check(schema.items, item, `${where}[${i}]`));
    if (faults.length > 5) break;
  }
  return faults;
}

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function checkScalar(schema, value, where) {
  const faults = [];
  if (schema.format === "date-time" && !rfc3339.test(value)) {
    faults.push(`${where}: "${value}" is no RFC 3339 time in UTC with milliseconds`);
  }
  if (schema.minimum !== undefined && value < schema.minimum)
    faults.push(`${where}: ${value} is too small`);
  if (schema.maximum !== undefined && value > schema.maximum)
    faults.push(`${where}: ${value} is too large`);
  if (schema.minLength !== undefined && value.length < schema.minLength)
    faults.push(`${where}: too short`);
  if (schema.maxLength !== undefined && value.length > schema.maxLength)
    faults.push(`${where}: too long`);
  return faults;
}
