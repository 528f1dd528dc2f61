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
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-3">
      <legend className="mb-1 text-sm font-medium">When</legend>
      {isRule ? (
        <label className="grid gap-1 text-sm">
          Rule of RFC 5545
          <input
            className="field font-mono"
            value={draft.rule}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => put({ rule: event.target.value })}
          />
        </label>
      ) : (
        <Days chosen={draft.days} onChange={(chosen) => put({ days: chosen })} />
      )}
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <label className="grid gap-1 text-sm">
          From
          <input
            type="time"
            className="field w-32"
            value={draft.from}
            onChange={(event) => put({ from: event.target.value })}
          />
        </label>
        {isRule ? (
          <label className="grid gap-1 text-sm">
            For
            <input
              className="field w-32 font-mono"
              value={draft.lasts}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => put({ lasts: event.target.value })}
            />
          </label>
        ) : (
          <label className="grid gap-1 text-sm">
            Until
            <input
              type="time"
              className="field w-32"
              value={draft.until}
              onChange={(event) => put({ until: event.target.value })}
            />
          </label>
        )}
        {!isRule && <Length draft={draft} />}
      </div>
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <Zone zone={draft.zone} onChange={(zone) => put({ zone })} />
        <label className="grid gap-1 text-sm">
          Not before
          <input
            type="date"
            className="field w-44"
            value={draft.first}
            onChange={(event) => put({ first: event.target.value })}
          />
        </label>
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

function Zone({ zone, onChange }: { zone: string; onChange: (zone: string) => void }) {
  const id = useId();
  return (
    <label className="grid gap-1 text-sm">
      Clocks of
      <input
        className="field w-56"
        list={id}
        value={zone}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {zones.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </label>
  );
}
