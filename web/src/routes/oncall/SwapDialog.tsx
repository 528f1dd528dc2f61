import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import { askForSwap, instants, type Schedule } from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import type { Span } from "../../oncall/view";
import { DeedForm, NoteField, useDeed } from "./DeedForm";
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
  return (
    <DeedForm
      title={`Ask for a swap in ${schedule.name}`}
      isPending={ask.isPending}
      does="Ask"
      doing="Asking…"
      refusal={fault ?? (ask.error && `Not asked: ${messageOf(ask.error)}`)}
      onSubmit={() => ready && ask.mutate(ready)}
      onClose={onClose}
    >
      <label className="grid gap-1">
        <span className="text-sm font-medium">Who should take it</span>
        <select
          className="field"
          data-first=""
          value={to}
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
      </label>
      <SpanFields draft={draft} zone={zone} />
      <NoteField label="Why" note={note} onChange={setNote} />
      <p className="text-sm text-muted">You stay on call until somebody takes it.</p>
    </DeedForm>
  );
}
