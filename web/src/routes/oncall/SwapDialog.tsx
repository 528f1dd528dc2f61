import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import { askForSwap, instants, type Schedule } from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
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

// Somebody else is asked; until they take it nothing changes.
export function SwapDialog({ schedule, zone, span, me, onClose }: Props) {
  const catalog = useQuery(catalogQuery).data;
  const draft = useSpanDraft(span, zone);
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const { fault, ready } = draft;
  const ask = useDeed(
    (when: Span) => askForSwap(schedule.id, { from: "", to, ...instants(when), note: note.trim() }),
    "The swap is asked for",
    onClose,
  );
  const refused = refusals(ask.error && messageOf(ask.error), ["to", "begin", "end", "note"]);
  const general = refused.at("");
  return (
    <DeedForm
      title={`Ask for a swap in ${schedule.name}`}
      isPending={ask.isPending}
      does="Ask"
      doing="Asking…"
      refusal={fault ?? (general === undefined ? null : `Not asked: ${general}`)}
      onSubmit={() => ready && ask.mutate(ready)}
      onClose={onClose}
    >
      <Field label="Who should take it" refused={refused.at("to")}>
        {(props) => (
          <select
            className="field"
            data-first=""
            value={to}
            {...props}
            onChange={(event) => setTo(event.target.value)}
          >
            <option value="">anybody</option>
            {catalog?.people
              .filter(({ id }) => id !== me)
              .map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
          </select>
        )}
      </Field>
      <SpanFields
        draft={draft}
        zone={zone}
        refused={{ begin: refused.at("begin"), end: refused.at("end") }}
      />
      <NoteField label="Why" note={note} refused={refused.at("note")} onChange={setNote} />
      <p className="text-sm text-muted">You stay on call until somebody takes it.</p>
    </DeedForm>
  );
}
