import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { ApiError, messageOf } from "../../api/client";
import { draftNote, type HandOffNote, readOnCallAgain, writeNote } from "../../api/oncall";
import { announce } from "../../ui/announce";
import { plural } from "../../words/numbers";
import { FieldFault, faultProps } from "./FieldFault";
import { NoteView } from "./NoteView";
import { Refusal } from "./parts";

const most = 10_000;

interface Props {
  schedule: string;
  open: HandOffNote | null;
  zone: string;
}

// The note for the next hand-off. What somebody else writes meanwhile is shown, never overwritten
// unawares: `seen` is the note from which this text was begun.
export function NoteEditor({ schedule, open, zone }: Props) {
  const client = useQueryClient();
  const id = useId();
  const [typed, setTyped] = useState<{ text: string; seen: string } | null>(null);
  const is = { text: open?.text ?? "", seen: open?.updated ?? "" };
  const { text, seen } = typed ?? is;
  const length = [...text].length;
  const write = useMutation({
    mutationFn: () => writeNote(schedule, text.trim(), seen),
    onSuccess: async (answer) => {
      await readOnCallAgain(client);
      setTyped(null);
      announce(answer.open ? "The note is left for who comes next" : "The note is removed");
    },
    onError: () => readOnCallAgain(client),
  });
  const draft = useMutation({
    mutationFn: () => draftNote(schedule),
    onSuccess: (made) =>
      setTyped({ text: text.trim() === "" ? made.text : `${text}\n\n${made.text}`, seen }),
  });
  const tooMany =
    length > most ? `It has ${plural(length - most, "character")} too many` : undefined;
  // While this text is on its way, a newer note is most likely this one, told by the stream before
  // the answer comes; if it is not, the answer says so.
  const isOther = !write.isPending && typed !== null && is.seen !== typed.seen;
  const isTold = write.error instanceof ApiError && write.error.status === 409;
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (length <= most && !write.isPending) write.mutate();
      }}
    >
      <div className="grid gap-1">
        <label className="grid gap-1">
          <span className="text-sm font-semibold">For who comes next</span>
          <textarea
            className="field py-1.5"
            rows={text === "" ? 3 : 8}
            placeholder="What you would want to know"
            value={text}
            {...faultProps(id, tooMany)}
            onChange={(event) => setTyped({ text: event.target.value, seen })}
          />
        </label>
        <FieldFault id={id} says={tooMany} />
      </div>
      {open && typed === null && (
        <p className="text-sm text-muted">It can be changed until the next hand-off.</p>
      )}
      {isOther && (
        <div className="grid gap-2 rounded border border-line p-3" data-theirs="">
          <p className="font-medium">
            {open
              ? "Meanwhile somebody else has written:"
              : "Meanwhile the note was handed off or removed."}
          </p>
          {open && <NoteView note={open} zone={zone} />}
          <div className="flex flex-wrap gap-2">
            <button
              type="button"
              className="button"
              onClick={() => {
                write.reset();
                setTyped({ text, seen: is.seen });
              }}
            >
              Go on with mine
            </button>
            <button
              type="button"
              className="button"
              onClick={() => {
                write.reset();
                setTyped(null);
              }}
            >
              Drop mine
            </button>
          </div>
        </div>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <button
          type="submit"
          className="button"
          data-kind="primary"
          disabled={write.isPending || isOther || typed === null || text.trim() === is.text}
        >
          {write.isPending ? "Leaving…" : text.trim() === "" && open ? "Remove it" : "Leave it"}
        </button>
        <button
          type="button"
          className="button"
          disabled={draft.isPending}
          onClick={() => draft.mutate()}
        >
          Put in what happened
        </button>
        {write.error && !isTold && <Refusal>Not left: {messageOf(write.error)}.</Refusal>}
        {draft.error && <Refusal>No draft: {messageOf(draft.error)}.</Refusal>}
      </div>
    </form>
  );
}
