import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "../../api/client";
import { makeAbsence, readOnCallAgain, type Schedule } from "../../api/oncall";
import { catalogQuery, sessionQuery } from "../../api/queries";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { usePersonName } from "../../words/people";
import { FieldFault, faultProps } from "./FieldFault";
import { Refusal } from "./parts";
import { SpanFields, useSpanDraft } from "./SpanFields";

interface Props {
  schedule: Schedule;
  zone: string;
  span: Span;
  me: string;
  onClose: () => void;
}

// Somebody is away: their turns go to the next in the order. One's own; of others for admins.
export function AbsenceDialog({ zone, span, me, onClose }: Props) {
  const client = useQueryClient();
  const [person, setPerson] = useState(me);
  const [note, setNote] = useState("");
  const [wasTried, setTried] = useState(false);
  const draft = useSpanDraft(span, zone);
  const id = useId();
  const missing = draft.fault ?? (person === "" ? "Say who" : null);
  const make = useMutation({
    mutationFn: ({ begin, end }: Span) =>
      makeAbsence({
        person,
        begin: new Date(begin).toISOString(),
        end: new Date(end).toISOString(),
        note: note.trim(),
      }),
    onSuccess: () => {
      announce("The absence is entered");
      onClose();
    },
    onSettled: () => readOnCallAgain(client),
  });
  const refused = refusals(make.error && messageOf(make.error), ["begin", "end", "note"]);
  const general = wasTried && missing !== null ? missing : refused.at("");
  return (
    <Dialog title="Absence" onClose={onClose}>
      <form
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (missing === null && draft.ready && !make.isPending) make.mutate(draft.ready);
        }}
      >
        <p className="text-sm">
          Turns in this time go to the next in the order, in every schedule. An override puts
          somebody on call even so.
        </p>
        <WhoField me={me} person={person} onChange={setPerson} />
        <SpanFields
          draft={draft}
          zone={zone}
          refused={{ begin: refused.at("begin"), end: refused.at("end") }}
        />
        <label className="grid gap-1">
          <span className="text-sm font-medium">Note (others see it)</span>
          <input
            className="field"
            value={note}
            autoComplete="off"
            {...faultProps(id, refused.at("note"))}
            onChange={(event) => setNote(event.target.value)}
          />
          <FieldFault id={id} says={refused.at("note")} />
        </label>
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" data-kind="primary" disabled={make.isPending}>
            {make.isPending ? "Entering…" : "Enter it"}
          </button>
          {general !== undefined && <Refusal>Not entered: {general}.</Refusal>}
        </div>
      </form>
    </Dialog>
  );
}

interface WhoProps {
  me: string;
  person: string;
  onChange: (person: string) => void;
}

// Whose it is: one's own, and for admins anybody's.
export function WhoField({ me, person, onChange }: WhoProps) {
  const nameOf = usePersonName();
  const isAdmin = useQuery(sessionQuery).data?.role === "admin";
  const people = useQuery(catalogQuery).data?.people ?? [];
  if (!isAdmin) {
    return (
      <p>
        <span className="text-sm font-medium">Who: </span>
        {nameOf(person)} (you)
      </p>
    );
  }
  return (
    <label className="grid gap-1">
      <span className="text-sm font-medium">Who</span>
      <select
        className="field"
        data-first=""
        value={person}
        onChange={(event) => onChange(event.target.value)}
      >
        {person === "" && <option value="">Choose</option>}
        {people.map(({ id }) => (
          <option key={id} value={id}>
            {nameOf(id)}
            {id === me ? " (you)" : ""}
          </option>
        ))}
      </select>
    </label>
  );
}
