import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { oneAlertQuery } from "../../api/posted";
import type { Alert, Evidence } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { budgetText, countText, percentText, timesText } from "../../words/numbers";
import { alertMark } from "../../words/severity";
import { Sources } from "../alerts/Sources";

export function Alerts({ alerts }: { alerts: Alert[] }) {
  return (
    <Panel title={alerts.length === 1 ? "The alert" : `${alerts.length} alerts`} flush>
      <ul>
        {alerts.map((alert) => (
          <AlertRow key={alert.id} alert={alert} />
        ))}
      </ul>
    </Panel>
  );
}

function AlertRow({ alert }: { alert: Alert }) {
  const objective = alert.labels.objective;
  return (
    <li className="grid gap-1.5 border-t border-line px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3">
        <Badge {...alertMark(alert)} />
        <span className="text-sm text-muted">
          {alert.labels.tier && `tier ${alert.labels.tier} · `}
          {alert.ended_at ? (
            <>
              over <TimeText at={alert.ended_at} show="relative" />
            </>
          ) : (
            <>
              since <TimeText at={alert.started_at} show="absolute" />
            </>
          )}
        </span>
      </div>
      <p className="font-medium">{alert.summary}</p>
      {objective && <EvidenceList evidence={alert.evidence} />}
      <Posted alert={alert} />
      <p className="links text-sm">
        {objective && (
          <Link to="/objectives/$name" params={{ name: objective }}>
            Objective
          </Link>
        )}
        {alert.runbook && (
          <a href={alert.runbook} rel="noreferrer">
            Runbook
          </a>
        )}
        {alert.links.filter(isElsewhere).map((link) => (
          <a key={link.url} href={link.url} rel="noreferrer">
            {link.name}
          </a>
        ))}
      </p>
    </li>
  );
}

// The posted alerts that it is made of, or that stand beside what an objective says.
function Posted({ alert }: { alert: Alert }) {
  const { data } = useQuery(oneAlertQuery(alert.id));
  if (!data || data.sources.length === 0) return null;
  return (
    <div className="-mx-4">
      <Sources alert={data} />
    </div>
  );
}

// The server also links to our own screens, for messages; here the link above is the shorter way.
function isElsewhere({ url }: Alert["links"][number]): boolean {
  return !URL.canParse(url) || !new URL(url).pathname.startsWith("/objectives/");
}

function EvidenceList({ evidence }: { evidence: Evidence }) {
  const share = (bad: number, total: number) =>
    total > 0
      ? `${percentText(bad / total)} (${countText(bad)} of ${countText(total)})`
      : "no events";
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
      <dt className="text-muted">Failed since it began</dt>
      <dd>{share(evidence.failed_since_start, evidence.total_since_start)}</dd>
      <dt className="text-muted">Short window</dt>
      <dd>
        {share(evidence.bad_short, evidence.total_short)}, burn {timesText(evidence.burn_short)}
      </dd>
      <dt className="text-muted">Long window</dt>
      <dd>
        {share(evidence.bad_long, evidence.total_long)}, burn {timesText(evidence.burn_long)}
      </dd>
      <dt className="text-muted">Fires at</dt>
      <dd>{timesText(evidence.threshold)}</dd>
      <dt className="text-muted">Error budget</dt>
      <dd>{budgetText(evidence.budget_left)}</dd>
    </dl>
  );
}
