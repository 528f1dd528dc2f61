import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import { instants, makeAbsence, type Schedule } from "../../api/oncall";
import { catalogQuery, sessionQuery } from "../../api/queries";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
import { usePersonName } from "../../words/people";
import { DeedForm, NoteField, useDeed } from "./DeedForm";
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
  const [person, setPerson] = useState(me);
  const [note, setNote] = useState("");
  const [wasTried, setTried] = useState(false);
  const draft = useSpanDraft(span, zone);
  const missing = draft.fault ?? (person === "" ? "Say who" : null);
  const make = useDeed(
    (when: Span) => makeAbsence({ person, ...instants(when), note: note.trim() }),
    "The absence is entered",
    onClose,
  );
  const refused = refusals(make.error && messageOf(make.error), ["begin", "end", "note"]);
  const general = wasTried && missing !== null ? missing : refused.at("");
  return (
    <DeedForm
      title="Absence"
      isPending={make.isPending}
      does="Enter it"
      doing="Entering…"
      refusal={general === undefined ? null : `Not entered: ${general}`}
      onSubmit={() => {
        setTried(true);
        if (missing === null && draft.ready) make.mutate(draft.ready);
      }}
      onClose={onClose}
    >
      <p className="text-sm">
        Turns in this time go to the next in the order, in every schedule. An override puts somebody
        on call even so.
      </p>
      <WhoField me={me} person={person} onChange={setPerson} />
      <SpanFields
        draft={draft}
        zone={zone}
        refused={{ begin: refused.at("begin"), end: refused.at("end") }}
      />
      <NoteField
        label="Note (others see it)"
        note={note}
        refused={refused.at("note")}
        onChange={setNote}
      />
    </DeedForm>
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
