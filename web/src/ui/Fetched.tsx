import type { UseQueryResult } from "@tanstack/react-query";
import { messageOf } from "../api/client";
import { Banner } from "./Banner";

interface Props<T> {
  query: UseQueryResult<T>;
  what: string; // "the objectives"
  children: (data: T) => React.ReactNode;
}

// What a query gave; old data stays on the screen with the error above it.
export function Fetched<T>({ query, what, children }: Props<T>) {
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
