import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { HistoryAsked } from "../../alerts/history";
import { historyQuery } from "../../api/posted";
import { useNow } from "../../live/live";
import { zoneName } from "../../time/format";
import { Fetched } from "../../ui/Fetched";
import { countText } from "../../words/numbers";
import { HistoryRow, useHappenings } from "../alerts/History";
import { About } from "./About";

// What was found, page behind page as far as the reader has asked.
export function Found({ asked }: { asked: HistoryAsked }) {
  const now = useNow();
  const [pages, setPages] = useState(1);
  return (
    <section className="panel" aria-label="What happened, the newest first">
      <p className="px-4 py-1.5 text-sm text-muted">Newest first. Times in {zoneName(now)}.</p>
      <Page asked={asked} above={0} left={pages - 1} isFirst onOlder={() => setPages(pages + 1)} />
    </section>
  );
}

interface PageProps {
  asked: HistoryAsked;
  after?: number;
  above: number; // entries that the pages above show
  left: number; // pages that are still to be shown below this one
  isFirst?: boolean;
  onOlder: () => void;
}

function Page({ asked, after, above, left, isFirst = false, onOlder }: PageProps) {
  const query = useQuery({
    ...historyQuery(asked, after),
    // What comes new would push the pages below about.
    refetchInterval: isFirst && left === 0 ? 30_000 : false,
  });
  return (
    <Fetched query={query} what="the history">
      {({ events, next, looked_at }) => (
        <>
          <Rows events={events} isFirst={isFirst} />
          {next !== null && left > 0 ? (
            <Page
              asked={asked}
              after={next}
              above={above + events.length}
              left={left - 1}
              onOlder={onOlder}
            />
          ) : next !== null ? (
            <p className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line px-4 py-3">
              <button type="button" data-row="" className="button" onClick={onOlder}>
                {events.length === 0 ? "Look further back" : "Show what is older"}
              </button>
              {events.length === 0 && (
                <span role="status" className="text-muted">
                  Nothing found yet, {countText(looked_at)} entries looked at.
                </span>
              )}
            </p>
          ) : (
            <p role="status" className="border-t border-line px-4 py-3 text-muted">
              {above + events.length === 0
                ? "Nothing like it is in the history."
                : "Nothing is older."}
            </p>
          )}
        </>
      )}
    </Fetched>
  );
}

function Rows({
  events,
  isFirst,
}: {
  events: Parameters<typeof useHappenings>[0];
  isFirst: boolean;
}) {
  const list = useRef<HTMLOListElement>(null);
  const happenings = useHappenings(events);
  // The button that asked for this page is gone: reading goes on where it was.
  useEffect(() => {
    if (isFirst) return;
    const row = list.current?.querySelector<HTMLElement>("[data-row]");
    const after = list.current?.parentElement?.querySelectorAll<HTMLElement>("[data-row]");
    (row ?? after?.[after.length - 1])?.focus();
  }, [isFirst]);
  return (
    <ol ref={list} data-history="">
      {happenings.map((one, i) => {
        const event = events[i];
        return <HistoryRow key={one.key} one={one} about={event && <About event={event} />} />;
      })}
    </ol>
  );
}
