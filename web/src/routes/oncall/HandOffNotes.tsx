import { useQuery } from "@tanstack/react-query";
import { notesQuery } from "../../api/oncall";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { NoteEditor } from "./NoteEditor";
import { NoteView } from "./NoteView";

interface Props {
  schedule: string;
  zone: string;
}

// What whoever goes off call leaves for who comes: the one that was left, the next one, older ones.
export function HandOffNotes({ schedule, zone }: Props) {
  const query = useQuery(notesQuery(schedule));
  return (
    <Panel title="Hand-off notes">
      <Fetched query={query} what="the notes">
        {({ open, received, may_write, notes }) => {
          const older = notes.filter(({ id }) => id !== received?.id);
          return (
            <div className="grid gap-4">
              {received && (
                <section aria-label="Left for whoever is on call now" data-received="">
                  <h3 className="text-sm font-semibold">Left for whoever is on call now</h3>
                  <NoteView note={received} zone={zone} />
                </section>
              )}
              {may_write ? (
                <NoteEditor schedule={schedule} open={open} zone={zone} />
              ) : open ? (
                <section aria-label="For who comes next">
                  <h3 className="text-sm font-semibold">For who comes next</h3>
                  <NoteView note={open} zone={zone} />
                </section>
              ) : (
                <p>No note for who comes next yet. Whoever is on call and their team write it.</p>
              )}
              {older.length > 0 && (
                <details data-older="">
                  <summary className="cursor-pointer font-medium">
                    {plural(older.length, "older note")}
                  </summary>
                  <ul className="mt-2 grid gap-3">
                    {older.map((note) => (
                      <li key={note.id} className="border-t border-line pt-2">
                        <NoteView note={note} zone={zone} />
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </div>
          );
        }}
      </Fetched>
    </Panel>
  );
}
