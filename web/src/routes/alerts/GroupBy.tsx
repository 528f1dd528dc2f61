import { useState } from "react";
import { CrossIcon } from "../../ui/icons_alerts";

interface Props {
  by: readonly string[];
  names: string[]; // labels that some alert has
  onChange: (by: string[]) => void;
}

export function GroupBy({ by, names, onChange }: Props) {
  const others = names.filter((name) => !by.includes(name));
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {/* A phone has no room for it beside the list. */}
      <button
        type="button"
        className="pill sm:hidden"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        Group by {by.join(", ") || "nothing"}
      </button>
      <fieldset
        className={`flex flex-wrap items-center gap-1.5 text-sm ${isOpen ? "" : "max-sm:hidden"}`}
      >
        <legend className="sr-only">Grouped by</legend>
        <span className="text-muted" aria-hidden="true">
          Group by
        </span>
        {by.map((name) => (
          <button
            key={name}
            type="button"
            className="pill"
            aria-label={`Do not group by ${name}`}
            onClick={() => onChange(by.filter((one) => one !== name))}
          >
            {name}
            <CrossIcon />
          </button>
        ))}
        <label>
          <span className="sr-only">Also group by</span>
          <select
            className="pill max-w-28"
            value=""
            onChange={(event) => onChange([...by, event.target.value])}
          >
            <option value="">{by.length === 0 ? "nothing" : "add…"}</option>
            {others.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </fieldset>
    </>
  );
}
