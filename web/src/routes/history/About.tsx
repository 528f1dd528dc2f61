import { Link } from "@tanstack/react-router";
import { groupLine } from "../../alerts/history";
import type { AlertEvent } from "../../api/types";

const link = "underline decoration-line-strong";

// Whom an entry of the history is about, with the way there.
export function About({ event }: { event: AlertEvent }) {
  return (
    <p className="min-w-0 break-words">
      <Whom event={event} />
    </p>
  );
}

function Whom({ event }: { event: AlertEvent }) {
  const { subject_kind, subject_id, labels } = event;
  if (subject_kind === "posted_alert") {
    const { alertname, ...others } = labels ?? {};
    const telling = Object.entries(others)
      .filter(([name]) => name !== "severity")
      .map(([, value]) => value);
    return (
      <Link
        to="/alerts/$fingerprint"
        params={{ fingerprint: subject_id }}
        data-row=""
        className={link}
      >
        <strong>{alertname || subject_id}</strong>
        {telling.length > 0 && <span className="text-muted"> {telling.join(" · ")}</span>}
      </Link>
    );
  }
  if (subject_kind === "alert_group") return <Group event={event} />;
  if (subject_kind === "silence" || subject_kind === "recurring_silence") {
    return (
      <Link to="/silences" search={{ q: subject_id }} data-row="" className={link}>
        <strong>Silence</strong>
      </Link>
    );
  }
  return <strong>{subject_id}</strong>;
}

// One alert that it told of is the way there; several are those of the group.
function Group({ event }: { event: AlertEvent }) {
  const line = groupLine(event.subject_id);
  const told = (event.data as { alerts?: unknown }).alerts;
  const [only, ...others] = Array.isArray(told) ? told : [];
  const words = line === "" ? "all alerts" : line;
  if (typeof only === "string" && others.length === 0) {
    return (
      <Link to="/alerts/$fingerprint" params={{ fingerprint: only }} data-row="" className={link}>
        <strong>Alert</strong> <span className="text-muted">of the group {words}</span>
      </Link>
    );
  }
  return (
    <Link to="/alerts" search={{ q: line, state: undefined }} data-row="" className={link}>
      <strong>Group</strong> <span className="text-muted">{words}</span>
    </Link>
  );
}
