import { useEffect, useRef } from "react";
import type { Entry } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, parseTime, relativeText, utcText, zoneName } from "../../time/format";
import { announce } from "../../ui/announce";
import { actorText } from "../../words/actors";
import { entryLine, saysActor } from "../../words/entries";
import { plural } from "../../words/numbers";
import { usePersonName } from "../../words/people";

// Newest first: who looks during an outage wants what happened last.
export function Timeline({ entries }: { entries: Entry[] }) {
  const now = useNow();
  useAnnounceNew(entries);
  if (entries.length === 0) {
    return <p className="border-t border-line px-4 py-3 text-muted">Nothing has happened yet.</p>;
  }
  return (
    <>
      <p className="px-4 pb-1 text-sm text-muted">Newest first. Times in {zoneName(now)}.</p>
      <ol data-timeline="">
        {[...entries].reverse().map((entry) => (
          <Row key={entry.seq} entry={entry} now={now} />
        ))}
      </ol>
    </>
  );
}

function Row({ entry, now }: { entry: Entry; now: number }) {
  const nameOf = usePersonName();
  const { text, quote, tone } = entryLine(entry, nameOf);
  const at = parseTime(entry.happened_at) ?? 0;
  return (
    <li
      className="grid grid-cols-[auto_1fr] gap-x-3 border-t border-line px-4 py-2 sm:grid-cols-[6.5rem_1rem_1fr]"
      data-seq={entry.seq}
      data-kind={entry.kind}
    >
      <time
        dateTime={entry.happened_at}
        title={utcText(at)}
        className="text-sm whitespace-nowrap max-sm:col-start-2 max-sm:row-start-1"
      >
        {absoluteText(at, now, { nameZone: false })}
        <span className="text-muted sm:block"> {relativeText(at, now)}</span>
      </time>
      <span
        aria-hidden="true"
        data-tone={tone}
        className="mt-1.5 size-2.5 rounded-full border-2 border-(--tone,var(--line-strong)) max-sm:row-start-1"
      />
      <div className="min-w-0 max-sm:col-start-2">
        <p>
          {saysActor(entry) && <strong>{actorName(entry.actor, nameOf)} </strong>}
          {text}
          {!saysActor(entry) && !entry.actor.startsWith("system:") && (
            <span className="text-muted"> ({actorText(entry.actor)})</span>
          )}
        </p>
        {quote && (
          <blockquote className="mt-1 border-l-2 border-line-strong pl-3 whitespace-pre-wrap">
            {quote}
          </blockquote>
        )}
      </div>
    </li>
  );
}

function actorName(actor: string, nameOf: (id: string) => string): string {
  return actor.startsWith("user:") ? nameOf(actor) : actorText(actor);
}

function useAnnounceNew(entries: Entry[]): void {
  const seen = useRef<number | null>(null);
  const last = entries.at(-1)?.seq ?? 0;
  useEffect(() => {
    const before = seen.current;
    seen.current = last;
    if (before === null || last <= before) return;
    const fresh = entries.filter((entry) => entry.seq > before);
    const words = fresh.length === 1 && fresh[0] ? `: ${entryLine(fresh[0]).text}` : "";
    announce(`${plural(fresh.length, "new entry", "new entries")} in the timeline${words}`);
  }, [entries, last]);
}
