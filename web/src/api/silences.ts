// Silences are made, listed and ended by Alertmanager's own API (docs/alertmanager.md), which is not
// in api/openapi.yaml: its types are written here.
import { queryOptions } from "@tanstack/react-query";
import type { ApiMatcher } from "../alerts/matcher";
import { ApiError } from "./client";
import { keys } from "./queries";

export interface Silence {
  id: string;
  status: { state: "active" | "pending" | "expired" };
  matchers: ApiMatcher[];
  startsAt: string;
  endsAt: string;
  updatedAt: string;
  createdBy: string;
  comment: string;
}

export interface NewSilence {
  id?: string; // replaces this one
  matchers: ApiMatcher[];
  startsAt: string;
  endsAt: string;
  createdBy: string;
  comment: string;
}

async function ask(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  let response: Response;
  try {
    response = await fetch(`/api/v2/${path}`, {
      method,
      headers: {
        Accept: "application/json",
        "X-Tocsin": "1",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(0, "unavailable", "The server cannot be reached");
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, "refused", wordsOf(text, response.status));
  return text === "" ? undefined : JSON.parse(text);
}

// Alertmanager refuses with a JSON string, or with {code, message}; the door before it with ours.
function wordsOf(text: string, status: number): string {
  try {
    const body = JSON.parse(text) as unknown;
    if (typeof body === "string" && body !== "") return body;
    const { message, error } = body as { message?: string; error?: { message?: string } };
    const words = error?.message ?? message;
    if (words) return words;
  } catch {
    // Not JSON: the status says what there is to say.
  }
  return `The server answered ${status}`;
}

export const silencesQuery = queryOptions({
  queryKey: keys.silences,
  queryFn: ({ signal }): Promise<Silence[]> => ask("GET", "silences", undefined, signal),
  refetchInterval: 30_000,
});

export async function createSilence(silence: NewSilence): Promise<string> {
  const { silenceID } = (await ask("POST", "silences", silence)) as { silenceID: string };
  return silenceID;
}

export async function expireSilence(id: string): Promise<void> {
  await ask("DELETE", `silence/${encodeURIComponent(id)}`);
}
