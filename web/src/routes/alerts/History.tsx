import { Link } from "@tanstack/react-router";
import { matcherText } from "../../alerts/matcher";
import type { AlertEvent, Labels } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, parseTime, relativeText, utcText, zoneName } from "../../time/format";
import { usePersonName } from "../../words/people";
import { type Happening, happeningOf, sentence } from "../../words/posted";
import { useReasonText } from "../../words/reasons";

interface Props {
  events: AlertEvent[]; // the newest first
  more: Labels | null; // of the alert, when something older is left out
}

// Everything that happened to one alert, and everybody who was told of it.
export function History({ events, more }: Props) {
  const now = useNow();
  const happenings = useHappenings(events);
  if (events.length === 0) {
    return (
      <p className="border-t border-line px-4 py-3 text-muted">Nothing is written down yet.</p>
    );
  }
  return (
    <>
      <p className="px-4 pb-1 text-sm text-muted">Newest first. Times in {zoneName(now)}.</p>
      <ol data-history="">
        {happenings.map((one) => (
          <HistoryRow key={one.key} one={one} />
        ))}
      </ol>
      {more && (
        <p className="links border-t border-line px-4 py-3">
          <Link
            to="/history"
            search={{
              q: Object.entries(more)
                .map(([name, value]) => matcherText({ name, op: "=", value }))
                .join(" "),
            }}
          >
            What is older
          </Link>
        </p>
      )}
    </>
  );
}

export function useHappenings(events: AlertEvent[]): Happening[] {
  const reasonText = useReasonText();
  return events.map((event, i) => happeningOf(event, events.length - i, reasonText));
}

interface RowProps {
  one: Happening;
  about?: React.ReactNode; // whom it happened to, where that is not plain
}

export function HistoryRow({ one, about }: RowProps) {
  const now = useNow();
  const nameOf = usePersonName();
  const at = parseTime(one.at) ?? 0;
  return (
    <li
      data-kind={one.kind}
      className="grid grid-cols-[auto_1fr] gap-x-3 border-t border-line px-4 py-2 sm:grid-cols-[6.5rem_1rem_1fr]"
    >
      <time
        dateTime={one.at}
        title={utcText(at)}
        className="text-sm whitespace-nowrap max-sm:col-start-2 max-sm:row-start-1"
      >
        {absoluteText(at, now, { nameZone: false })}
        <span className="text-muted sm:block"> {relativeText(at, now)}</span>
      </time>
      <span
        aria-hidden="true"
        data-tone={one.tone}
        className="mt-1.5 size-2.5 rounded-full border-2 border-(--tone,var(--line-strong)) max-sm:row-start-1"
      />
      <div className="min-w-0 max-sm:col-start-2">
        {about}
        <p>
          {isDoneByActor(one) && <strong>{nameOf(one.actor)} </strong>}
          {one.actor === "" ? sentence(one.text) : one.text}
          {one.actor !== "" && !isDoneByActor(one) && (
            <span className="text-muted"> ({nameOf(one.actor)})</span>
          )}
        </p>
        {one.detail !== "" && <p className="text-sm break-words text-muted">{one.detail}</p>}
      </div>
    </li>
  );
}

// "Ada has it", but "It fired (prometheus)".
const isDoneByActor = ({ actor, text }: Happening) => actor !== "" && /^[a-z]/.test(text);
