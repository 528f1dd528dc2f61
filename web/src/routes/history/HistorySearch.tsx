import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import { indexLabels } from "../../alerts/completion";
import { askedOf, fieldOf, happenings, momentOf, namesOf, spans } from "../../alerts/history";
import type { PostedList } from "../../api/posted";
import { keys } from "../../api/queries";
import { moveFocus, useKey } from "../../keys/useKeys";
import type { HistorySearch as Search } from "../../router";
import { FilterLine } from "../alerts/FilterLine";
import { useLine, useParts } from "../alerts/line";
import { SubNav } from "../alerts/SubNav";
import { Found } from "./Found";

// What happened to all posted alerts, and who was told: filtered, the newest first, page by page.
export function HistorySearch() {
  const search = useSearch({ from: "/signed-in/history" });
  const navigate = useNavigate({ from: "/history" });
  const put = useCallback(
    (part: Partial<Search>) =>
      void navigate({ search: (old) => ({ ...old, ...part }), replace: true }),
    [navigate],
  );
  const writeLine = useCallback((q: string | undefined) => put({ q }), [put]);
  const [line, setLine] = useLine(search.q ?? "", writeLine, 400);
  const index = useKnownLabels();
  const names = useMemo(() => [...index.keys()], [index]);
  const parts = useParts(line, names);
  const asked = useMemo(() => askedOf(search), [search]);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useKey("filter", () => field.current?.focus());
  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  return (
    <div className="grid grid-cols-1 gap-3" data-alerts="">
      <SubNav at="History" />
      <div className="grid gap-2.5">
        <FilterLine field={field} line={line} parts={parts} index={index} onChange={setLine} />
        <Kinds kind={search.kind} onChange={(kind) => put({ kind })} />
        <div className="flex flex-wrap items-center gap-x-6 gap-y-2">
          <Span search={search} onChange={put} />
          <Receiver
            name={search.receiver ?? ""}
            onChange={(receiver) => put({ receiver: receiver || undefined })}
          />
        </div>
      </div>
      <div ref={list}>
        {/* What is opened further back belongs to what was asked. */}
        <Found key={JSON.stringify(asked)} asked={asked} />
      </div>
    </div>
  );
}

// Completion from the alerts that another screen has read; the history itself has no such list.
function useKnownLabels() {
  const client = useQueryClient();
  return useMemo(() => {
    const lists = client.getQueriesData<PostedList>({ queryKey: [...keys.posted, "list"] });
    return indexLabels(lists.flatMap(([, known]) => known?.alerts ?? []));
  }, [client]);
}

interface KindsProps {
  kind: string | undefined;
  onChange: (kind: string | undefined) => void;
}

function Kinds({ kind, onChange }: KindsProps) {
  const chosen = namesOf(kind);
  const toggle = (name: string) => {
    const next = chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name];
    onChange(next.length === 0 ? undefined : namesOf(next.join(",")).join(","));
  };
  return (
    <fieldset className="flex min-w-0 flex-wrap gap-1.5">
      <legend className="sr-only">What happened</legend>
      <button
        type="button"
        className="pill"
        aria-pressed={chosen.length === 0}
        onClick={() => onChange(undefined)}
      >
        Everything
      </button>
      {happenings.map(({ name, says }) => (
        <button
          key={name}
          type="button"
          className="pill"
          aria-pressed={chosen.includes(name)}
          onClick={() => toggle(name)}
        >
          {says}
        </button>
      ))}
    </fieldset>
  );
}

interface SpanProps {
  search: Search;
  onChange: (part: Partial<Search>) => void;
}

function Span({ search, onChange }: SpanProps) {
  const { span, from, to } = search;
  const isBetween = span === "between";
  const choose = (name: string | undefined) =>
    onChange({ span: name, ...(name === "between" ? {} : { from: undefined, to: undefined }) });
  return (
    <fieldset className="flex min-w-0 flex-wrap items-center gap-1.5">
      <legend className="sr-only">When</legend>
      {[{ name: undefined, says: "Any time" }, ...spans, { name: "between", says: "Between" }].map(
        ({ name, says }) => (
          <button
            key={says}
            type="button"
            className="pill"
            aria-pressed={span === name}
            onClick={() => choose(name)}
          >
            {says}
          </button>
        ),
      )}
      {isBetween &&
        (["from", "to"] as const).map((end) => (
          <input
            key={end}
            type="datetime-local"
            className="field w-52"
            aria-label={end === "from" ? "From" : "To"}
            value={fieldOf(end === "from" ? from : to)}
            onChange={(event) => onChange({ [end]: momentOf(event.target.value) })}
          />
        ))}
    </fieldset>
  );
}

interface ReceiverProps {
  name: string;
  onChange: (name: string) => void;
}

// It asks when the field is left, or by Enter: not at each letter.
function Receiver({ name, onChange }: ReceiverProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const done = () => {
    if (typed !== null && typed.trim() !== name) onChange(typed.trim());
    setTyped(null);
  };
  return (
    <label className="flex items-center gap-2 text-sm">
      Receiver
      <input
        className="field w-40"
        value={typed ?? name}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => {
          if (event.key === "Enter") done();
          else if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </label>
  );
}
