import { messageOf } from "../api/client";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  verb: string; // on the button: "Split it off"
  failed: string; // before the server's words: "Not split off"
  error: unknown;
  isPending: boolean;
  onConfirm: () => void;
  onClose: () => void;
  children: React.ReactNode;
}

// Asks before what cannot be undone, and stays open with the reason when it was refused.
export function Confirm({
  title,
  verb,
  failed,
  error,
  isPending,
  onConfirm,
  onClose,
  ...rest
}: Props) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="grid gap-4">
        <div className="grid gap-2">{rest.children}</div>
        <div className="flex flex-wrap items-center gap-3">
          <button
            type="button"
            data-first=""
            className="button"
            data-kind="primary"
            disabled={isPending}
            onClick={onConfirm}
          >
            {verb}
          </button>
          {error != null && (
            <p role="alert" data-tone="critical" className="severity-edge pl-2 text-sm">
              {failed}: {messageOf(error)}.
            </p>
          )}
        </div>
      </div>
    </Dialog>
  );
}
