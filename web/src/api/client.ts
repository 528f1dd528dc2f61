// The typed way to the server: paths, parameters, bodies and answers are those of api/openapi.yaml.
import type { paths } from "./schema";

type Method = "get" | "post" | "put" | "delete";
type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends object ? P : never;
}[keyof paths];

type JsonIn<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
// A file goes as it is; its type is the Content-Type.
type FileIn<T> = T extends { content: { "text/calendar": string } } ? Blob : never;
type Operation<M extends Method, P extends PathOf<M>> = NonNullable<paths[P][M]>;
type AnswerOf<O> = O extends { responses: infer R }
  ? JsonIn<
      R extends { 200: infer A }
        ? A
        : R extends { 201: infer A }
          ? A
          : R extends { 202: infer A }
            ? A
            : never
    >
  : never;
type ParametersOf<O, Where extends string> = O extends { parameters: infer Parameters }
  ? Parameters extends Record<Where, infer Found>
    ? Found
    : Parameters extends Partial<Record<Where, infer Found>>
      ? Found | undefined
      : undefined
  : undefined;
type BodyOf<O> = O extends { requestBody: infer Body }
  ? JsonIn<Body> | FileIn<Body>
  : O extends { requestBody?: infer Body }
    ? JsonIn<NonNullable<Body>> | undefined
    : undefined;

// What is undefined in the description may be left out of a call.
type Needed<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: T[K];
};
export type Call<O> = Needed<{
  path: ParametersOf<O, "path">;
  query: ParametersOf<O, "query">;
  body: BodyOf<O>;
  signal: AbortSignal | undefined;
}>;

export class ApiError extends Error {
  constructor(
    readonly status: number, // 0: the server could not be reached
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

interface PlainCall {
  path?: Record<string, string>;
  query?: Record<string, unknown>;
  body?: unknown;
  signal?: AbortSignal;
}

// The answer's JSON; an ApiError with the server's own words when it is not a 2xx.
export async function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  what: Call<Operation<M, P>>,
): Promise<AnswerOf<Operation<M, P>>> {
  const { body, signal, ...where } = what as PlainCall;
  let response: Response;
  try {
    response = await fetch(urlOf(path, where), {
      method: method.toUpperCase(),
      // The header marks a write as coming from our own page: without it a cookie is refused.
      headers: {
        Accept: "application/json",
        "X-Tocsin": "1",
        ...(body === undefined || body instanceof Blob
          ? {}
          : { "Content-Type": "application/json" }),
      },
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "unavailable", "The server cannot be reached");
  }
  if (!response.ok) throw await errorOf(response);
  return (response.status === 204 ? undefined : await response.json()) as never;
}

export function urlOf(pattern: string, where: Pick<PlainCall, "path" | "query">): string {
  const path = pattern.replace(/\{(\w+)\}/g, (_, name) =>
    encodeURIComponent(where.path?.[name] ?? ""),
  );
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(where.query ?? {})) {
    // A list is the parameter several times.
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) query.append(name, String(one));
    }
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

async function errorOf(response: Response): Promise<ApiError> {
  let error: { code?: string; message?: string } | undefined;
  try {
    error = ((await response.json()) as { error?: typeof error }).error;
  } catch {
    // Not one of our answers (a proxy's page, perhaps): the status says what there is to say.
  }
  return new ApiError(
    response.status,
    error?.code ?? "unknown",
    error?.message ?? `The server answered ${response.status}`,
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
