import { useState } from "react";
import { messageOf } from "../../api/client";
import { instants, makeAbsence } from "../../api/oncall";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
import { DeedForm, NoteField, useDeed } from "./DeedForm";
import { WhoField } from "./parts";
import { SpanFields, useSpanDraft } from "./SpanFields";

interface Props {
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
