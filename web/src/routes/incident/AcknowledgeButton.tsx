import { messageOf } from "../../api/client";
import type { Incident } from "../../api/types";
import { isOver } from "../../words/severity";
import { useAcknowledge } from "./acknowledge";

export function canAcknowledge(incident: Incident): boolean {
  return !incident.who_has_it && !isOver(incident.state);
}

export function AcknowledgeButton({ incident }: { incident: Incident }) {
  const acknowledge = useAcknowledge();
  if (!canAcknowledge(incident)) return null;
  return (
    <div>
      <button
        type="button"
        className="button"
        data-kind="primary"
        data-acknowledge={incident.id}
        disabled={acknowledge.isPending}
        onClick={() => acknowledge.mutate(incident)}
        aria-label={`Acknowledge incident ${incident.number}`}
      >
        {acknowledge.isPending ? "Acknowledging…" : "Acknowledge"}
      </button>
      {acknowledge.error && (
        <p role="alert" className="mt-1 max-w-60 text-sm">
          Not acknowledged: {messageOf(acknowledge.error)}
        </p>
      )}
    </div>
  );
}
