import { useId } from "react";
import type { Row } from "../../oncall/plan";
import { usePersonName } from "../../words/people";
import { FieldFault, faultProps } from "./FieldFault";

interface Props {
  row: Row;
  place: number; // from 1 on
  people: readonly string[];
  fault: string | undefined;
  onChange: (row: Row) => void;
  onRemove: () => void;
}

// One shift of a plan: who, perhaps with somebody, from and until.
export function PlanRow({ row, place, people, fault, onChange, onRemove }: Props) {
  const id = useId();
  const with_ = (n: number, person: string) => {
    const to = [...row.people];
    to[n] = person;
    onChange({ ...row, people: to });
  };
  const times = [
    ["begin", "From"],
    ["end", "Until"],
  ] as const;
  return (
    <li data-shift={place}>
      <fieldset className="grid gap-2 border-t border-line pt-2" {...faultProps(id, fault)}>
        <legend className="sr-only">Shift {place}</legend>
        <div className="grid items-end gap-2 sm:grid-cols-[1fr_1fr_auto_auto_auto]">
          <Who
            says="Who"
            value={row.people[0] ?? ""}
            people={people}
            onChange={(to) => with_(0, to)}
          />
          <div className="grid gap-2">
            {[...row.people.slice(1), ...(row.people.length < 2 ? [""] : [])].map((one, i) => (
              <Who
                // Their place in the shift is what they are.
                // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
                key={i}
                says="Together with"
                none="nobody"
                value={one}
                people={people}
                onChange={(to) => with_(i + 1, to)}
              />
            ))}
          </div>
          {times.map(([field, says]) => (
            <label key={field} className="grid gap-1">
              <span className="text-sm font-medium">{says}</span>
              <input
                type="datetime-local"
                className="field"
                value={row[field]}
                onChange={(event) => onChange({ ...row, [field]: event.target.value })}
              />
            </label>
          ))}
          <button
            type="button"
            className="button justify-self-start"
            onClick={onRemove}
            aria-label={`Remove shift ${place}`}
          >
            Remove
          </button>
        </div>
        <FieldFault id={id} says={fault} />
      </fieldset>
    </li>
  );
}

interface WhoProps {
  says: string;
  none?: string;
  value: string;
  people: readonly string[];
  onChange: (person: string) => void;
}

function Who({ says, none = "choose", value, people, onChange }: WhoProps) {
  const nameOf = usePersonName();
  return (
    <label className="grid gap-1">
      <span className="text-sm font-medium">{says}</span>
      <select className="field" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{none}</option>
        {people.map((id) => (
          <option key={id} value={id}>
            {nameOf(id)}
          </option>
        ))}
      </select>
    </label>
  );
}
