import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type HandOffNote, notesQuery } from "../../api/oncall";
import { useNow } from "../../live/live";
import { listText, whenText } from "../../oncall/words";
import { usePersonName } from "../../words/people";

// A note as it was typed: no markup is read in it.
export function NoteView({ note, zone }: { note: HandOffNote; zone: string }) {
  const now = useNow();
  const nameOf = usePersonName();
  const to = note.receivers.length > 0 ? ` for ${listText(note.receivers.map(nameOf))}` : "";
  const when = (at: string) => whenText(Date.parse(at), now, zone);
  return (
    <div data-note={note.id}>
      <p className="text-sm text-muted">
        {nameOf(note.author)}, {when(note.updated)}
        {note.handed_off !== null && `, handed off ${when(note.handed_off)}${to}`}
      </p>
      <p className="mt-1 break-words whitespace-pre-wrap">{note.text}</p>
    </div>
  );
}

// For whoever is on call: what was left for them, and where they leave theirs.
export function NotesOfTurn({ schedule, zone }: { schedule: string; zone: string }) {
  const { data } = useQuery(notesQuery(schedule));
  const nameOf = usePersonName();
  if (!data) return null;
  return (
    <div className="grid gap-1 text-sm" data-turn-notes={schedule}>
      {data.received && (
        <details open className="rounded border border-line p-2" data-received="">
          <summary className="cursor-pointer font-medium">
            {nameOf(data.received.author)} left a note
          </summary>
          <NoteView note={data.received} zone={zone} />
        </details>
      )}
      <Link to="/oncall/schedules/$name" params={{ name: schedule }} className="underline">
        {data.open ? "A note for who comes next is left" : "Leave a note for who comes next"}
      </Link>
    </div>
  );
}
