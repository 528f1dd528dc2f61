import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { recurrenceAgain, recurringWords } from "../../alerts/recurrence";
import { messageOf } from "../../api/client";
import { deleteRecurring, previewQuery, silencesChanged } from "../../api/silences";
import type { RecurringSilence } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { AlertsThatFit } from "./AlertsThatFit";
import { Occurrences } from "./Occurrences";

interface Props {
  silence: RecurringSilence;
  onAgain: (silence: RecurringSilence) => void;
}

export function RecurringRow({ silence, onAgain }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const { id, comment, author, matchers, next_at } = silence;
  const isOver = next_at === null;
  return (
    <li
      className="row-focus grid gap-2 border-t border-line px-4 py-3 sm:grid-cols-[6.5rem_minmax(0,1fr)_auto] sm:items-start sm:gap-x-4"
      data-recurring={id}
    >
      <div>
        <Badge
          tone={isOver ? "unknown" : "info"}
          word={isOver ? "OVER" : "RECURS"}
          outlined={isOver}
        />
      </div>
      <div className="grid min-w-0 gap-1">
        <p className="font-medium">{comment || "without a comment"}</p>
        <AlertsThatFit matchers={matchers} />
        <p className="text-sm break-words">{recurringWords(silence)}</p>
        <p className="text-sm text-muted">
          {author} ·{" "}
          {isOver ? (
            "comes no more"
          ) : (
            <>
              next <TimeText at={next_at} />
            </>
          )}
        </p>
        {!isOver && (
          <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary className="cursor-pointer py-1 text-link">When it comes next</summary>
            {isOpen && <Next silence={silence} />}
          </details>
        )}
      </div>
      <div className="flex flex-wrap gap-2 max-sm:*:flex-1 sm:flex-col">
        <button
          type="button"
          className="button"
          onClick={() => onAgain(silence)}
          aria-label={`Make one like it: ${comment}`}
        >
          Make one like it
        </button>
        <button
          type="button"
          className="button"
          onClick={() => setAsking(true)}
          aria-label={`Delete: ${comment}`}
        >
          Delete
        </button>
      </div>
      {asking && <DeleteDialog silence={silence} onClose={() => setAsking(false)} />}
    </li>
  );
}

// The server reckons: only it knows what a rule means.
function Next({ silence }: { silence: RecurringSilence }) {
  const { matchers, zone } = silence;
  const query = useQuery(previewQuery({ matchers, recurrence: recurrenceAgain(silence) }));
  if (query.error) return <p role="alert">Not known: {messageOf(query.error)}.</p>;
  if (!query.data) return <p className="text-muted">Looking…</p>;
  return <Occurrences at={query.data.occurrences} zone={zone} />;
}

function DeleteDialog({ silence, onClose }: { silence: RecurringSilence; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteRecurring(silence.id),
    onSuccess: () => {
      announce("The recurring silence is deleted");
      silencesChanged(client);
      onClose();
    },
  });
  return (
    <Confirm
      title="Delete the recurring silence?"
      verb={remove.isPending ? "Deleting…" : "Delete it"}
      failed="Not deleted"
      error={remove.error}
      isPending={remove.isPending}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        <strong>{silence.comment}</strong>, {recurringWords(silence)}.
      </p>
      <p>It comes no more, and if it is on now, it ends.</p>
    </Confirm>
  );
}
