import { Link } from "@tanstack/react-router";
import type { Escalation, Incident } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, parseTime, relativeText } from "../../time/format";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { sentence } from "../../words/posted";
import { isOver, type Mark } from "../../words/severity";
import { comingText, rulesOf } from "./coming";
import { EscalationActions } from "./EscalationActions";

type PageState = Escalation["pages"][number]["state"];

const pageMarks: Record<PageState, Mark> = {
  trying: { tone: "high", word: "TRYING", outlined: true },
  told: { tone: "info", word: "TOLD", outlined: true },
  failed: { tone: "critical", word: "FAILED" },
  dropped: { tone: "unknown", word: "NOT NEEDED", outlined: true },
  answered: { tone: "ok", word: "ANSWERED", outlined: true },
};

// Who was told, and what happens next to whom and when.
export function EscalationPanel({
  escalation,
  incident,
}: {
  escalation: Escalation | null;
  incident: Incident;
}) {
  return (
    <Panel title="Who was rung" flush>
      <div className="grid gap-2 px-4 pb-3">
        {escalation ? (
          <>
            <Now escalation={escalation} incident={incident} />
            <Coming escalation={escalation} />
            <Rules escalation={escalation} incident={incident} />
          </>
        ) : (
          <p>Nobody is rung for this incident.</p>
        )}
        {/* In one place with and without an escalation: what was refused stays to be read when it begins. */}
        <EscalationActions escalation={escalation} incident={incident} />
      </div>
      {escalation && <Pages escalation={escalation} />}
    </Panel>
  );
}

// What is so now; what comes stands below it.
function Now({ escalation, incident }: { escalation: Escalation; incident: Incident }) {
  const nameOf = usePersonName();
  const names = (ids: readonly string[]) => ids.map(nameOf).join(", ");
  const by = nameOf(escalation.acknowledged_by ?? "somebody");
  const answered = escalation.answered_by ?? [];
  const wanted = escalation.acknowledgements ?? 1;
  switch (escalation.state) {
    case "acknowledged":
      return (
        <p>
          <strong>{escalation.is_snoozed ? `${by} has it for now` : `${by} answered`}</strong>{" "}
          {escalation.acknowledged_at && <TimeText at={escalation.acknowledged_at} />}. Nobody else
          is rung.
        </p>
      );
    case "stopped":
      return <p>The ringing stopped{isOver(incident.state) ? ": it is over" : ""}.</p>;
    case "exhausted":
      return (
        <p role="alert">
          <Badge tone="critical" word="NOBODY ANSWERED" /> Every person was rung in every round.
          Call somebody.
        </p>
      );
    default:
      return (
        <p>
          {escalation.ringing?.length ? (
            <>
              Ringing <strong>{names(escalation.ringing)}</strong>.
            </>
          ) : (
            "Ringing."
          )}{" "}
          {wanted > 1 &&
            `${answered.length} of ${wanted} answered${answered.length ? `: ${names(answered)}` : ""}.`}
        </p>
      );
  }
}

function Coming({ escalation }: { escalation: Escalation }) {
  const now = useNow();
  const nameOf = usePersonName();
  const next = escalation.next ?? [];
  if (next.length === 0) {
    return escalation.state === "ringing" ? <p>Nobody comes after this.</p> : null;
  }
  return (
    <div className="grid gap-1">
      <p className="text-sm text-muted">
        {escalation.state === "acknowledged"
          ? "Unless it is over:"
          : "Unless somebody answers or it is over:"}
      </p>
      <ol className="grid gap-1.5">
        {next.map((coming) => (
          <li key={`${coming.what}/${coming.at}`}>
            <strong>
              {(parseTime(coming.at) ?? now) <= now
                ? "Now"
                : sentence(relativeText(parseTime(coming.at) ?? now, now))}
            </strong>{" "}
            <span className="text-muted">({absoluteText(parseTime(coming.at) ?? now, now)})</span>{" "}
            {comingText(coming, nameOf)}
          </li>
        ))}
      </ol>
    </div>
  );
}

// By which rules: those in force, and those with which it began where they were edited since.
function Rules({ escalation, incident }: { escalation: Escalation; incident: Incident }) {
  const nameOf = usePersonName();
  const { policy, before } = rulesOf(escalation, incident.team, nameOf);
  if (!policy) return null;
  return (
    <div className="text-sm text-muted">
      <p>
        By{" "}
        <Link to="/oncall/policies/$name" params={{ name: policy.id }}>
          {policy.name}
        </Link>
        {before ? ", edited since it began: the edit counts from the step after it." : "."}
      </p>
      {before && (
        <details>
          <summary>The rules with which it began</summary>
          <ol className="list-decimal pl-5">
            {before.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

function Pages({ escalation }: { escalation: Escalation }) {
  const nameOf = usePersonName();
  if (escalation.pages.length === 0) return null;
  return (
    <ol>
      {escalation.pages.map((page) => (
        <li
          key={page.id}
          className="flex flex-wrap items-center gap-x-3 border-t border-line px-4 py-2"
        >
          <span className="font-medium">{nameOf(page.person)}</span>
          {page.via && <span className="text-sm text-muted">{page.via}</span>}
          <span className="text-sm text-muted">
            {page.first_sent_at ? (
              <>
                told <TimeText at={page.first_sent_at} show="absolute" />
              </>
            ) : (
              <>
                tried since <TimeText at={page.created_at} show="absolute" />
              </>
            )}
          </span>
          <span className="ml-auto">
            <Badge {...(pageMarks[page.state] ?? { tone: "unknown", word: page.state })} />
          </span>
        </li>
      ))}
    </ol>
  );
}
