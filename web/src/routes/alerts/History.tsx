import type { AlertEvent } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, parseTime, relativeText, utcText, zoneName } from "../../time/format";
import { usePersonName } from "../../words/people";
import { type Happening, happeningOf } from "../../words/posted";
import { useReasonText } from "../../words/reasons";

interface Props {
  events: AlertEvent[]; // the newest first
  hasMore: boolean;
}

// Everything that happened to one alert, and everybody who was told of it.
export function History({ events, hasMore }: Props) {
  const now = useNow();
  const nameOf = usePersonName();
  const reasonText = useReasonText();
  if (events.length === 0) {
    return (
      <p className="border-t border-line px-4 py-3 text-muted">Nothing is written down yet.</p>
    );
  }
  return (
    <>
      <p className="px-4 pb-1 text-sm text-muted">Newest first. Times in {zoneName(now)}.</p>
      <ol data-history="">
        {events.map((event, i) => {
          const one = happeningOf(event, events.length - i, reasonText);
          const at = parseTime(one.at) ?? 0;
          return (
            <li
              key={one.key}
              data-kind={event.kind}
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
                <p>
                  {isDoneByActor(one) && <strong>{nameOf(one.actor)} </strong>}
                  {one.text}
                  {one.actor !== "" && !isDoneByActor(one) && (
                    <span className="text-muted"> ({nameOf(one.actor)})</span>
                  )}
                </p>
                {one.detail !== "" && <p className="text-sm text-muted">{one.detail}</p>}
              </div>
            </li>
          );
        })}
      </ol>
      {hasMore && (
        <p className="border-t border-line px-4 py-3 text-muted">
          What is older is asked for with <code className="font-mono">tocsin history</code>.
        </p>
      )}
    </>
  );
}

// "Ada has it", but "It fired (prometheus)".
const isDoneByActor = ({ actor, text }: Happening) => actor !== "" && /^[a-z]/.test(text);
