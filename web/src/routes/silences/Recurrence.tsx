import { useId } from "react";
import {
  type Day,
  dayNames,
  days,
  lengthBetween,
  type RecurrenceDraft,
} from "../../alerts/recurrence";
import { spanText } from "../../alerts/spans";

interface Props {
  draft: RecurrenceDraft;
  onChange: (draft: RecurrenceDraft) => void;
}

const zones =
  typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [];

// When it comes again: days and times of the week, or a rule for what those cannot say.
export function Recurrence({ draft, onChange }: Props) {
  const put = (part: Partial<RecurrenceDraft>) => onChange({ ...draft, ...part });
  const isRule = draft.how === "rule";
  const zonesId = useId();
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-3">
      <legend className="mb-1 text-sm font-medium">When</legend>
      {isRule ? (
        <Field
          says="Rule of RFC 5545"
          className="field font-mono"
          value={draft.rule}
          onChange={(rule) => put({ rule })}
        />
      ) : (
        <Days chosen={draft.days} onChange={(chosen) => put({ days: chosen })} />
      )}
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <Field
          says="From"
          type="time"
          className="field w-32"
          value={draft.from}
          onChange={(from) => put({ from })}
        />
        {isRule ? (
          <Field
            says="For"
            className="field w-32 font-mono"
            value={draft.lasts}
            onChange={(lasts) => put({ lasts })}
          />
        ) : (
          <>
            <Field
              says="Until"
              type="time"
              className="field w-32"
              value={draft.until}
              onChange={(until) => put({ until })}
            />
            <Length draft={draft} />
          </>
        )}
      </div>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <Field
          says="Clocks of"
          className="field w-56"
          list={zonesId}
          value={draft.zone}
          onChange={(zone) => put({ zone })}
        />
        <datalist id={zonesId}>
          {zones.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field
          says="Not before"
          type="date"
          className="field w-44"
          value={draft.first}
          onChange={(first) => put({ first })}
        />
      </div>
      <p>
        <button
          type="button"
          className="pill"
          aria-pressed={isRule}
          onClick={() => put({ how: isRule ? "days" : "rule" })}
        >
          Write the rule
        </button>
      </p>
    </fieldset>
  );
}

function Days({ chosen, onChange }: { chosen: Day[]; onChange: (chosen: Day[]) => void }) {
  const toggle = (day: Day) =>
    onChange(chosen.includes(day) ? chosen.filter((one) => one !== day) : [...chosen, day]);
  return (
    <div className="flex flex-wrap gap-1.5">
      {days.map((day) => (
        <button
          key={day}
          type="button"
          className="pill"
          aria-pressed={chosen.includes(day)}
          onClick={() => toggle(day)}
        >
          {dayNames[day]}
        </button>
      ))}
    </div>
  );
}

function Length({ draft }: { draft: RecurrenceDraft }) {
  const ms = lengthBetween(draft.from, draft.until);
  if (ms === null) return null;
  return (
    <span className="pb-1.5 text-sm text-muted">
      {draft.until <= draft.from && "on the next day, "}
      {spanText(ms)} each
    </span>
  );
}

interface FieldProps {
  says: string;
  type?: "text" | "time" | "date";
  className: string;
  list?: string; // the id of what it proposes
  value: string;
  onChange: (value: string) => void;
}

function Field({ says, type = "text", onChange, ...input }: FieldProps) {
  return (
    <label className="grid gap-1 text-sm">
      {says}
      <input
        type={type}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        {...input}
      />
    </label>
  );
}
