import { messageOf } from "../../api/client";
import { type Act, doneText, undoOf } from "./actions";

interface Props {
  count: number; // selected and shown
  outside: number; // selected, and not shown by the filter
  last: Act | null;
  error: Error | null;
  isPending: boolean;
  onAcknowledge: () => void;
  onSnooze: () => void;
  onSilence: () => void;
  onClear: () => void;
  onUndo: (act: Act) => void;
  onForget: () => void;
}

// At the foot of the screen while something is selected, and after something was done.
export function SelectionBar(props: Props) {
  const { count, outside, last, error, isPending } = props;
  if (count + outside === 0 && !last && !error) return null;
  const undo = last && undoOf(last);
  return (
    <section aria-label="Selection" className="selection-bar">
      {error ? (
        <p role="alert" data-tone="critical" className="severity-edge w-full pl-2 text-sm">
          That failed: {messageOf(error)}.{" "}
          <button type="button" className="pill" onClick={props.onForget}>
            Dismiss
          </button>
        </p>
      ) : (
        last && (
          <p className="flex w-full items-center gap-3 text-sm">
            {doneText(last)}.
            {undo && (
              <button type="button" className="pill" onClick={() => props.onUndo(undo)}>
                Undo
              </button>
            )}
            <button type="button" className="pill" onClick={props.onForget}>
              Dismiss
            </button>
          </p>
        )
      )}
      {count + outside > 0 && (
        <>
          <p className="mr-auto flex items-center gap-2">
            <strong>
              {count.toLocaleString("en-US")} selected
              {outside > 0 && (
                <span className="font-normal text-muted"> and {outside} outside of the filter</span>
              )}
            </strong>
            <button type="button" className="pill" title="Clear (Esc)" onClick={props.onClear}>
              Clear
            </button>
          </p>
          <div className="flex gap-2 max-sm:w-full">
            <Action
              says="Acknowledge"
              k="a"
              disabled={count === 0 || isPending}
              onClick={props.onAcknowledge}
              primary
            />
            <Action
              says="Snooze"
              k="z"
              disabled={count === 0 || isPending}
              onClick={props.onSnooze}
            />
            <Action says="Silence" k="s" disabled={count === 0} onClick={props.onSilence} />
          </div>
        </>
      )}
    </section>
  );
}

interface ActionProps {
  says: string;
  k: string;
  disabled: boolean;
  primary?: boolean;
  onClick: () => void;
}

function Action({ says, k, disabled, primary, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="button whitespace-nowrap max-sm:flex-auto max-sm:px-1 max-sm:text-sm"
      data-kind={primary ? "primary" : undefined}
      disabled={disabled}
      onClick={onClick}
      title={`${says} (${k})`}
    >
      {says}
    </button>
  );
}
