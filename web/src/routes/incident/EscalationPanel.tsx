import type { Escalation, Incident } from "../../api/types";
import { useNow } from "../../live/live";
import { absoluteText, parseTime, relativeText } from "../../time/format";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { isOver, type Mark } from "../../words/severity";

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
  if (!escalation) {
    return (
      <Panel title="Who was rung">
        <p>Nobody is rung for this incident.</p>
      </Panel>
    );
  }
  return (
    <Panel title="Who was rung" flush>
      <div className="px-4 pb-2">
        <Next escalation={escalation} incident={incident} />
      </div>
      <Pages escalation={escalation} />
    </Panel>
  );
}

function Next({ escalation, incident }: { escalation: Escalation; incident: Incident }) {
  const now = useNow();
  const nameOf = usePersonName();
  switch (escalation.state) {
    case "acknowledged":
      return (
        <p>
          <strong>{nameOf(escalation.acknowledged_by ?? "somebody")} answered</strong>{" "}
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
    default: {
      const at = parseTime(escalation.next_at);
      if (at === null || !escalation.next_person) {
        return <p>Ringing. Nobody comes after this person.</p>;
      }
      return (
        <p>
          Ringing. If nobody answers, <strong>{nameOf(escalation.next_person)}</strong> is rung{" "}
          <strong>{at <= now ? "now" : relativeText(at, now)}</strong>
          <span className="text-muted"> ({absoluteText(at, now)})</span>.
        </p>
      );
    }
  }
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
