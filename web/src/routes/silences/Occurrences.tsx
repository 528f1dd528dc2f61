import { occurrenceText } from "../../alerts/recurrence";
import { useNow } from "../../live/live";
import { parseTime, relativeText, utcText } from "../../time/format";

interface Props {
  at: string[];
  zone: string; // whose clocks the silence goes by
}

// When a recurring silence comes next, on the clocks that it goes by.
export function Occurrences({ at, zone }: Props) {
  const now = useNow();
  return (
    <div className="text-sm" data-occurrences="">
      <p className="font-semibold text-muted">Comes next</p>
      {at.length === 0 && <p>Never again.</p>}
      <ol>
        {at.map((one) => {
          const ms = parseTime(one) ?? 0;
          return (
            <li key={one}>
              <time dateTime={one} title={utcText(ms)}>
                {occurrenceText(ms, zone)}
              </time>{" "}
              <span className="text-muted">{ms <= now ? "is on now" : relativeText(ms, now)}</span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
