import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import { askForSwap, readOnCallAgain, type Schedule } from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import type { Span } from "../../oncall/view";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { Refusal } from "./parts";
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
  const client = useQueryClient();
  const catalog = useQuery(catalogQuery).data;
  const draft = useSpanDraft(span, zone);
  const [to, setTo] = useState("");
  const [note, setNote] = useState("");
  const { fault, ready } = draft;
  const ask = useMutation({
    mutationFn: ({ begin, end }: Span) =>
      askForSwap(schedule.id, {
        from: "",
        to,
        begin: new Date(begin).toISOString(),
        end: new Date(end).toISOString(),
        note: note.trim(),
      }),
    onSuccess: () => {
      announce("The swap is asked for");
      onClose();
    },
    onSettled: () => readOnCallAgain(client),
  });
  return (
    <Dialog title={`Ask for a swap in ${schedule.name}`} onClose={onClose}>
      <form
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !ask.isPending) ask.mutate(ready);
        }}
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
        <label className="grid gap-1">
          <span className="text-sm font-medium">Why</span>
          <input
            className="field"
            value={note}
            autoComplete="off"
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <p className="text-sm text-muted">You stay on call until somebody takes it.</p>
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" data-kind="primary" disabled={ask.isPending}>
            {ask.isPending ? "Asking…" : "Ask"}
          </button>
          {(fault || ask.error) && (
            <Refusal>{fault ?? `Not asked: ${messageOf(ask.error)}`}.</Refusal>
          )}
        </div>
      </form>
    </Dialog>
  );
}
