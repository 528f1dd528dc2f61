import { useMutation, useQueryClient } from "@tanstack/react-query";
import { readOnCallAgain } from "../../api/oncall";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { Field } from "./FieldFault";
import { Refusal } from "./parts";

// Something that is done to a schedule: when it is done it is said, and the dialog closes; whatever
// came of it, the turns are read again.
export function useDeed<Asked>(
  run: (asked: Asked) => Promise<unknown>,
  says: string,
  onDone: () => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      announce(says);
      onDone();
    },
    onSettled: () => readOnCallAgain(client),
  });
}

interface FormProps {
  title: string;
  wide?: boolean;
  isPending: boolean;
  does: string; // what the button says
  doing: string; // while it is under way
  refusal: string | null; // why it was not done
  onSubmit: () => void; // never while it is under way
  onClose: () => void;
  children: React.ReactNode;
  after?: React.ReactNode; // below the button
}

export function DeedForm(props: FormProps) {
  const {
    title,
    wide = false,
    isPending,
    does,
    doing,
    refusal,
    onSubmit,
    onClose,
    children,
  } = props;
  return (
    <Dialog title={title} wide={wide} onClose={onClose}>
      <form
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isPending) onSubmit();
        }}
      >
        {children}
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" data-kind="primary" disabled={isPending}>
            {isPending ? doing : does}
          </button>
          {refusal !== null && <Refusal>{refusal}.</Refusal>}
        </div>
        {props.after}
      </form>
    </Dialog>
  );
}

interface NoteProps {
  label: string;
  note: string;
  refused?: string | undefined; // by the server
  onChange: (note: string) => void;
}

export function NoteField({ label, note, refused, onChange }: NoteProps) {
  return (
    <Field label={label} refused={refused}>
      {(props) => (
        <input
          className="field"
          value={note}
          autoComplete="off"
          {...props}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
