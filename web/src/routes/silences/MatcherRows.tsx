import { useRef, useState } from "react";
import { matcherText } from "../../alerts/matcher";
import type { Matcher } from "../../api/types";
import { CrossIcon, PlusIcon } from "../../ui/icons_alerts";

interface Props {
  matchers: Matcher[];
  narrower: Matcher[];
  onChange: (matchers: Matcher[]) => void;
}

const operators: { op: Matcher["op"]; says: string }[] = [
  { op: "=", says: "=" },
  { op: "!=", says: "!=" },
  { op: "=~", says: "=~" },
  { op: "!~", says: "!~" },
];

// One row a matcher; all of them must fit an alert.
export function MatcherRows({ matchers, narrower, onChange }: Props) {
  const [ids, setIds] = useState(() => matchers.map((_, i) => i));
  const next = useRef(matchers.length);
  const put = (at: number, part: Partial<Matcher>) =>
    onChange(matchers.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const add = (matcher: Matcher) => {
    setIds([...ids, next.current++]);
    onChange([...matchers, matcher]);
  };
  const remove = (at: number) => {
    setIds(ids.filter((_, i) => i !== at));
    onChange(matchers.filter((_, i) => i !== at));
  };
  const offered = narrower.filter((one) => !matchers.some(({ name }) => name === one.name));
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-1.5">
      <legend className="mb-1 text-sm font-medium">Alerts that fit all of</legend>
      {matchers.map((matcher, i) => (
        <div key={ids[i]} className="flex items-center gap-1.5 max-sm:flex-wrap" data-matcher="">
          <input
            className="field min-w-0 flex-[2] font-mono text-sm"
            aria-label="Label"
            value={matcher.name}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => put(i, { name: event.target.value.trim() })}
          />
          <select
            className="field w-16 flex-none px-1 font-mono text-sm"
            aria-label={`How ${matcher.name || "the label"} is compared`}
            value={matcher.op}
            onChange={(event) => put(i, { op: event.target.value as Matcher["op"] })}
          >
            {operators.map(({ op, says }) => (
              <option key={op} value={op}>
                {says}
              </option>
            ))}
          </select>
          <input
            className="field min-w-0 flex-[3] font-mono text-sm max-sm:order-last max-sm:basis-full"
            aria-label={`Value of ${matcher.name || "the label"}`}
            value={matcher.value}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => put(i, { value: event.target.value })}
          />
          <button
            type="button"
            className="button flex-none px-2"
            data-kind="quiet"
            aria-label={`Remove ${matcherText(matcher)}`}
            onClick={() => remove(i)}
          >
            <CrossIcon />
          </button>
        </div>
      ))}
      <div className="flex flex-wrap gap-1.5">
        <button
          type="button"
          className="pill"
          onClick={() => add({ name: "", op: "=", value: "" })}
        >
          <PlusIcon /> Matcher
        </button>
        {offered.map((matcher) => (
          <button
            key={matcher.name}
            type="button"
            className="pill max-w-full"
            title={matcherText(matcher)}
            onClick={() => add(matcher)}
          >
            <PlusIcon />
            <span className="truncate font-mono">{matcherText(matcher)}</span>
          </button>
        ))}
      </div>
    </fieldset>
  );
}
