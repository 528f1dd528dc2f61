import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import {
  instants,
  makeOverride,
  type OverrideKind,
  type Schedule,
  turnsQuery,
} from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import { useNow } from "../../live/live";
import { within } from "../../oncall/grid";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
import { listText, spanText } from "../../oncall/words";
import { usePersonName } from "../../words/people";
import { DeedForm, NoteField, useDeed } from "./DeedForm";
import { Field } from "./FieldFault";
import { SpanFields, useSpanDraft } from "./SpanFields";

interface Props {
  schedule: Schedule;
  zone: string;
  span: Span;
  me: string;
  onClose: () => void;
}

const kinds: { kind: OverrideKind; says: string }[] = [
  { kind: "replace", says: "Somebody else has it" },
  { kind: "add", says: "One more person" },
  { kind: "remove", says: "Take somebody out" },
];

export function OverrideDialog({ schedule, zone, span, me, onClose }: Props) {
  const nameOf = usePersonName();
  const people = useQuery(catalogQuery).data?.people ?? [];
  const draft = useSpanDraft(span, zone);
  const [kind, setKind] = useState<OverrideKind>("replace");
  const [chosen, setPerson] = useState(me);
  const [replaces, setReplaces] = useState("");
  const [note, setNote] = useState("");
  const [wasTried, setTried] = useState(false);

  // Who has it otherwise: only these can be replaced or taken out.
  const { ready } = draft;
  const turns = useQuery({
    ...turnsQuery(schedule.id, ready?.begin ?? 0, ready?.end ?? 0),
    enabled: ready !== null,
  }).data?.turns;
  const parts = ready && turns ? within(turns, ready.begin, ready.end) : [];
  const there = [...new Set(parts.flatMap((part) => part.people))];
  const choices = kind === "remove" ? there : people.map(({ id }) => id);
  const person = choices.includes(chosen) ? chosen : (choices[0] ?? "");
  const missing =
    draft.fault ??
    (person === "" ? (kind === "remove" ? "Nobody is on call then" : "Say who") : null);

  const make = useDeed(
    (when: Span) =>
      makeOverride(schedule.id, {
        kind,
        person,
        replaces: kind === "replace" && there.includes(replaces) ? replaces : "",
        ...instants(when),
        note: note.trim(),
      }),
    "The override is made",
    onClose,
  );
  const asksWhom = kind === "replace" && there.length > 1;
  const places = ["person", "begin", "end", "note", ...(asksWhom ? ["replaces"] : [])];
  const refused = refusals(make.error && messageOf(make.error), places);
  const general = refused.at("");
  return (
    <DeedForm
      title={`Override in ${schedule.name}`}
      isPending={make.isPending}
      does="Override"
      doing="Overriding…"
      refusal={
        wasTried && missing !== null
          ? missing
          : general === undefined
            ? null
            : `Not done: ${general}`
      }
      onSubmit={() => {
        setTried(true);
        if (missing === null && ready) make.mutate(ready);
      }}
      onClose={onClose}
    >
      <fieldset className="grid gap-1">
        <legend className="sr-only">What changes</legend>
        {kinds.map((one) => (
          <label key={one.kind} className="inline-flex min-h-6 items-center gap-2">
            <input
              type="radio"
              name="override-kind"
              className="size-4"
              checked={kind === one.kind}
              data-first={one.kind === "replace" ? "" : undefined}
              onChange={() => setKind(one.kind)}
            />
            {one.says}
          </label>
        ))}
      </fieldset>
      <Field label="Who" refused={refused.at("person")}>
        {(props) => (
          <select
            className="field"
            value={person}
            {...props}
            onChange={(event) => setPerson(event.target.value)}
          >
            {choices.map((id) => (
              <option key={id} value={id}>
                {nameOf(id)}
                {id === me ? " (you)" : ""}
              </option>
            ))}
          </select>
        )}
      </Field>
      {asksWhom && (
        <Field label="Instead of" refused={refused.at("replaces")}>
          {(props) => (
            <select
              className="field"
              value={there.includes(replaces) ? replaces : ""}
              {...props}
              onChange={(event) => setReplaces(event.target.value)}
            >
              <option value="">everybody</option>
              {there.map((id) => (
                <option key={id} value={id}>
                  {nameOf(id)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <SpanFields
        draft={draft}
        zone={zone}
        refused={{ begin: refused.at("begin"), end: refused.at("end") }}
      />
      <OtherwiseThere parts={parts} zone={zone} />
      <NoteField
        label="Why (others see it)"
        note={note}
        refused={refused.at("note")}
        onChange={setNote}
      />
    </DeedForm>
  );
}

interface OtherwiseProps {
  parts: ReturnType<typeof within>;
  zone: string;
}

const mostShown = 4;

export function OtherwiseThere({ parts, zone }: OtherwiseProps) {
  const now = useNow();
  const nameOf = usePersonName();
  if (parts.length === 0) return null;
  return (
    <div className="text-sm" data-otherwise="">
      <p className="font-medium">On call then, as it stands</p>
      <ul>
        {parts.slice(0, mostShown).map((part) => (
          <li key={part.begin}>
            {listText(part.people.map(nameOf))}
            {parts.length > 1 && (
              <span className="text-muted">: {spanText(part.begin, part.end, now, zone)}</span>
            )}
          </li>
        ))}
        {parts.length > mostShown && <li>and {parts.length - mostShown} more turns</li>}
      </ul>
    </div>
  );
}
