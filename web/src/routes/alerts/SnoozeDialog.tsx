import { useState } from "react";
import { parseSpan } from "../../alerts/spans";
import { useNow } from "../../live/live";
import { Dialog } from "../../ui/Dialog";
import { SpanChoice } from "../../ui/SpanChoice";
import { plural } from "../../words/numbers";

interface Props {
  count: number;
  onSnooze: (ms: number) => void;
  onClose: () => void;
}

export function SnoozeDialog({ count, onSnooze, onClose }: Props) {
  const now = useNow();
  const [span, setSpan] = useState("2h");
  const ms = parseSpan(span);
  return (
    <Dialog title={`Snooze ${plural(count, "alert")}`} onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (ms !== null) onSnooze(ms);
        }}
      >
        <p>
          Nobody is told of {count === 1 ? "it" : "them"} meanwhile. Others like{" "}
          {count === 1 ? "it" : "them"} ring as before.
        </p>
        <SpanChoice value={span} now={now} onChange={setSpan} />
        <button
          type="submit"
          data-first=""
          className="button justify-self-start"
          data-kind="primary"
          disabled={ms === null}
        >
          Snooze
        </button>
      </form>
    </Dialog>
  );
}
