import { useState } from "react";
import type { Span } from "../../oncall/view";
import { fieldText, type Moment, parseField } from "../../oncall/zone";
import { durationText, zoneName } from "../../time/format";
import { Field } from "./FieldFault";

export interface SpanDraft {
  begin: Moment | null; // null: no time
  end: Moment | null;
  fault: string | null;
  ready: Span | null;
  fields: { begin: string; end: string };
  set: (fields: { begin: string; end: string }) => void;
}

// Two times as they are typed, read in a zone.
export function useSpanDraft(span: Span, zone: string): SpanDraft {
  const [fields, set] = useState({
    begin: fieldText(span.begin, zone),
    end: fieldText(span.end, zone),
  });
  // What was not touched stays exact, also where clocks show an hour twice.
  const read = (text: string, was: number): Moment | null =>
    text === fieldText(was, zone) ? { at: was, is: "plain" } : parseField(text, zone);
  const begin = read(fields.begin, span.begin);
  const end = read(fields.end, span.end);
  const fault =
    begin === null
      ? "The begin is no time"
      : end === null
        ? "The end is no time"
        : end.at <= begin.at
          ? "It ends before it begins"
          : null;
  const ready = fault === null && begin && end ? { begin: begin.at, end: end.at } : null;
  return { begin, end, fault, ready, fields, set };
}

interface Props {
  draft: SpanDraft;
  zone: string;
  refused?: { begin?: string | undefined; end?: string | undefined }; // the server's words
}

const ends = [
  { end: "begin", says: "From" },
  { end: "end", says: "Until" },
] as const;

export function SpanFields({ draft, zone, refused = {} }: Props) {
  const { fields, set, ready } = draft;
  return (
    <div className="grid gap-1">
      <div className="grid gap-3">
        {ends.map(({ end, says }) => (
          <Field
            key={end}
            label={says}
            refused={refused[end]}
            hint={<Hint moment={draft[end]} zone={zone} />}
          >
            {(props) => (
              <input
                type="datetime-local"
                className="field"
                value={fields[end]}
                {...props}
                onChange={(event) => set({ ...fields, [end]: event.target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <p className="text-sm text-muted">
        Times in {zone}
        {ready && `; ${durationText(ready.end - ready.begin)} long`}
      </p>
    </div>
  );
}

function Hint({ moment, zone }: { moment: Moment | null; zone: string }) {
  if (!moment || moment.is === "plain") return null;
  return (
    <span className="text-sm" role="status">
      {moment.is === "skipped"
        ? `Clocks skip this time that day: ${fieldText(moment.at, zone).slice(11)} is meant`
        : `Clocks show this time twice that day: the first, in ${zoneName(moment.at, zone)}, is meant`}
    </span>
  );
}
