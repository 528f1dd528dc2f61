import type { UseQueryResult } from "@tanstack/react-query";
import { ApiError, messageOf } from "../api/client";
import { Banner } from "./Banner";

interface Props<T> {
  query: UseQueryResult<T>;
  what: string; // "the objectives"
  absent?: string; // what a 404 means here
  children: (data: T) => React.ReactNode;
}

// What a query gave; old data stays on the screen with the error above it.
export function Fetched<T>({ query, what, absent, children }: Props<T>) {
  if (absent && query.error instanceof ApiError && query.error.status === 404) {
    return <p>{absent}</p>;
  }
  const failed = query.error && (
    <Banner
      tone="high"
      role="alert"
      action={
        <button type="button" className="button" onClick={() => query.refetch()}>
          Try again
        </button>
      }
    >
      Reading {what} failed: {messageOf(query.error)}.
    </Banner>
  );
  if (query.data === undefined) {
    return failed ?? <p className="p-4 text-muted">Reading {what}…</p>;
  }
  return (
    <>
      {failed}
      {children(query.data)}
    </>
  );
}
