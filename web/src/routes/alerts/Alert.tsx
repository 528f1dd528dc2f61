import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { proposeMatchers } from "../../alerts/common";
import { matcherText } from "../../alerts/matcher";
import { reasonsOf, severityOfPosted, standingOf, titleOf } from "../../alerts/posted";
import { ApiError } from "../../api/client";
import { oneAlertQuery, postedHistoryQuery, postedQuery } from "../../api/posted";
import type { PostedAlert, PostedDetail } from "../../api/types";
import { useKey } from "../../keys/useKeys";
import { Elapsed, TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { PersonIcon } from "../../ui/icons";
import { BellOffIcon } from "../../ui/icons_alerts";
import { Panel } from "../../ui/Panel";
import { usePersonName, useService, useTeamName } from "../../words/people";
import { suppressionWord } from "../../words/posted";
import { useReasonDetail } from "../../words/reasons";
import "../../theme/alerts.css";
import { useActs } from "./actions";
import { Gate } from "./Gate";
import { History } from "./History";
import { Problem } from "./Problem";
import { SelectionBar } from "./SelectionBar";
import { SnoozeDialog } from "./SnoozeDialog";

const SilencePanel = lazy(() =>
  import("../silences/SilencePanel").then((made) => ({ default: made.SilencePanel })),
);

export function AlertScreen() {
  const { fingerprint } = useParams({ from: "/signed-in/alerts/$fingerprint" });
  const query = useQuery(postedQuery(fingerprint));
  if (query.error instanceof ApiError && query.error.status === 404) {
    return <Forgotten fingerprint={fingerprint} />;
  }
  return (
    <Fetched query={query} what={`the alert ${fingerprint}`}>
      {(alert) => <Whole alert={alert} />}
    </Fetched>
  );
}

// The server no longer has the alert, but what happened to it.
function Forgotten({ fingerprint }: { fingerprint: string }) {
  const history = useQuery(postedHistoryQuery(fingerprint));
  return (
    <Fetched query={history} what={`the alert ${fingerprint}`}>
      {({ labels, events, next }) => (
        <div className="grid grid-cols-1 gap-4">
          <header className="panel grid gap-1.5 p-4">
            <p className="text-sm">
              <Link to="/alerts">Alerts</Link>
            </p>
            <h1 className="text-xl font-semibold sm:text-2xl">{labels.alertname ?? fingerprint}</h1>
            <p>It is over, and no longer known but by what happened to it.</p>
          </header>
          <Labels labels={labels} fingerprint={fingerprint} />
          <Panel title="What happened" flush>
            <History events={events} more={next === null ? null : labels} />
          </Panel>
        </div>
      )}
    </Fetched>
  );
}

function Whole({ alert }: { alert: PostedDetail }) {
  const history = useQuery(postedHistoryQuery(alert.fingerprint));
  return (
    <div className="grid grid-cols-1 gap-4" data-alerts="">
      <Head alert={alert} />
      {/* On a phone in this order; on a wide screen what happened stands beside the rest. */}
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem] lg:grid-rows-[auto_1fr]">
        <div className="grid min-w-0 gap-4 lg:col-start-2">
          <WhoIsTold alert={alert} />
          {alert.gate && <Gate gate={alert.gate} />}
        </div>
        <div className="grid min-w-0 gap-4 lg:col-start-1 lg:row-span-2 lg:row-start-1">
          <Annotations alert={alert} />
          {alert.problem && <Problem id={alert.problem} here={alert.fingerprint} />}
          <Panel title="What happened" flush>
            <Fetched query={history} what="the history">
              {({ events, next }) => (
                <History events={events} more={next === null ? null : alert.labels} />
              )}
            </Fetched>
          </Panel>
        </div>
        <div className="min-w-0 lg:col-start-2">
          <Labels labels={alert.labels} fingerprint={alert.fingerprint} />
        </div>
      </div>
    </div>
  );
}

function Head({ alert }: { alert: PostedAlert }) {
  const acts = useActs();
  const [asking, setAsking] = useState<"snooze" | "silence" | null>(null);
  const isOver = alert.state === "resolved";
  const fingerprints = [alert.fingerprint];
  const acknowledge = () => {
    if (isOver || alert.acknowledged) announce("There is nothing to acknowledge");
    else acts.act({ kind: "acknowledge", fingerprints });
  };
  const ask = (what: "snooze" | "silence") => (isOver ? announce("It is over") : setAsking(what));
  useKey("acknowledge", acknowledge);
  useKey("snooze", () => ask("snooze"));
  useKey("silence", () => ask("silence"));
  const mark = severityOfPosted(alert);
  return (
    <>
      <header
        className="severity-edge panel grid gap-3 p-4 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center"
        data-tone={mark.tone}
      >
        <div className="grid min-w-0 gap-1.5">
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
            <Link to="/alerts">Alerts</Link>
            <Badge {...mark} />
            <StateWords alert={alert} />
          </p>
          <h1 className="text-xl leading-snug font-semibold sm:text-2xl">{titleOf(alert)}</h1>
          <p className="flex flex-wrap gap-x-6 gap-y-1 text-sm">
            <span>
              {isOver ? "Fired for " : "Firing for "}
              <strong>
                <Elapsed since={alert.starts_at} until={isOver ? alert.ends_at : null} />
              </strong>
              , since <TimeText at={alert.starts_at} show="absolute" />
            </span>
            {isOver && (
              <span>
                over <TimeText at={alert.ends_at} />
              </span>
            )}
          </p>
          <Links alert={alert} />
        </div>
        {!isOver && (
          <div className="flex flex-wrap gap-2 sm:flex-col">
            {alert.acknowledged ? (
              <button
                type="button"
                className="button"
                onClick={() => acts.act({ kind: "unacknowledge", fingerprints })}
              >
                Give back
              </button>
            ) : (
              <button type="button" className="button" data-kind="primary" onClick={acknowledge}>
                Acknowledge
              </button>
            )}
            {alert.snoozed ? (
              <button
                type="button"
                className="button"
                onClick={() => acts.act({ kind: "unsnooze", fingerprints })}
              >
                End the snooze
              </button>
            ) : (
              <button type="button" className="button" onClick={() => ask("snooze")}>
                Snooze
              </button>
            )}
            <button type="button" className="button" onClick={() => ask("silence")}>
              Silence
            </button>
          </div>
        )}
      </header>
      {acts.error && (
        <SelectionBar
          count={0}
          outside={0}
          last={null}
          error={acts.error}
          isPending={false}
          onAcknowledge={acknowledge}
          onSnooze={() => {}}
          onSilence={() => {}}
          onClear={() => {}}
          onUndo={acts.act}
          onForget={acts.forget}
        />
      )}
      {asking === "snooze" && (
        <SnoozeDialog
          count={1}
          onSnooze={(ms) => {
            acts.act({ kind: "snooze", ms, fingerprints });
            setAsking(null);
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === "silence" && (
        <Suspense>
          <SilencePanel
            proposal={proposeMatchers([alert])}
            selected={[alert]}
            onDone={() => setAsking(null)}
            onClose={() => setAsking(null)}
          />
        </Suspense>
      )}
    </>
  );
}

function StateWords({ alert }: { alert: PostedAlert }) {
  const nameOf = usePersonName();
  const words = {
    firing: "Firing",
    acknowledged: "Acknowledged",
    suppressed: "Suppressed",
    resolved: "Over",
  };
  return (
    <>
      <strong id="alert-state">{words[standingOf(alert)]}</strong>
      {alert.acknowledged && (
        <span className="inline-flex items-center gap-1">
          <PersonIcon /> {nameOf(alert.acknowledged.by)} has it, since{" "}
          <TimeText at={alert.acknowledged.at} show="absolute" />
        </span>
      )}
    </>
  );
}

function Links({ alert }: { alert: PostedAlert }) {
  const service = useService(alert.service ?? undefined);
  const teamName = useTeamName();
  const problem = useQuery({ ...oneAlertQuery(alert.problem ?? ""), enabled: !!alert.problem });
  const runbook = alert.annotations.runbook_url || alert.annotations.runbook || service?.runbook;
  const incident = problem.data?.incident;
  return (
    <p className="links text-sm text-muted">
      {alert.service && (
        <span className="py-[0.2rem]">
          Service {service?.name || alert.service}
          {alert.team && `, team ${teamName(alert.team)}`}
        </span>
      )}
      {incident && (
        <Link to="/incidents/$id" params={{ id: incident }}>
          Incident
        </Link>
      )}
      {runbook && isWeb(runbook) && (
        <a href={runbook} rel="noreferrer">
          Runbook
        </a>
      )}
      {isWeb(alert.generator_url) && (
        <a href={alert.generator_url} rel="noreferrer">
          Where it comes from
        </a>
      )}
      {service?.dashboards.map((dashboard) => (
        <a key={dashboard.url} href={dashboard.url} rel="noreferrer">
          {dashboard.name}
        </a>
      ))}
    </p>
  );
}

// Annotations are others' words: only web addresses become links.
const isWeb = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);

function WhoIsTold({ alert }: { alert: PostedDetail }) {
  const detailOf = useReasonDetail();
  const reasons = reasonsOf(alert);
  const labels = Object.entries(alert.labels).map(([name, value]) =>
    matcherText({ name, op: "=", value }),
  );
  return (
    <Panel title="Who is told">
      {reasons.length > 0 && (
        <ul className="mb-3 grid gap-1.5">
          {reasons.map((one) => (
            <li key={one.kind + one.by} className="flex items-start gap-2">
              <span className="mt-1">
                <BellOffIcon />
              </span>
              <span className="min-w-0">
                <strong>{suppressionWord(one.kind)}</strong>: {detailOf(one)}
                {one.kind === "snooze" && alert.snoozed && (
                  <>
                    {" "}
                    until <TimeText at={alert.snoozed.until} show="absolute" />
                  </>
                )}{" "}
                {one.kind === "inhibition" && (
                  <Link
                    to="/alerts/$fingerprint"
                    params={{ fingerprint: one.by }}
                    className="underline"
                  >
                    Look at it
                  </Link>
                )}
                {one.kind === "silence" && (
                  <Link to="/silences" search={{ q: one.by }} className="underline">
                    Look at it
                  </Link>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p>
        {alert.receivers.length === 0
          ? "No receiver gets it."
          : `${reasons.length > 0 ? "Would go" : "Goes"} to ${alert.receivers.join(", ")}.`}
      </p>
      {ringsNobody(alert) && (
        <p className="mt-1">Nobody is rung for it, and it opens no incident.</p>
      )}
      <p className="links mt-1 text-sm">
        <Link to="/routes" search={{ labels: labels.join(" ") }}>
          Walk it through the routes
        </Link>
      </p>
    </Panel>
  );
}

// It fires and nothing holds it back, and neither the gate was asked nor is it part of a problem.
const ringsNobody = (alert: PostedDetail) =>
  standingOf(alert) === "firing" && alert.gate === null && alert.problem === null;

interface LabelsProps {
  labels: PostedAlert["labels"];
  fingerprint: string;
}

function Labels({ labels, fingerprint }: LabelsProps) {
  const entries = Object.entries(labels).sort(([a], [b]) =>
    a === "alertname" ? -1 : b === "alertname" ? 1 : a < b ? -1 : 1,
  );
  return (
    <Panel title="Labels" aside="each leads to the alerts that have it">
      <ul className="flex flex-wrap gap-1.5">
        {entries.map(([name, value]) => (
          <li key={name} className="max-w-full">
            <Link
              to="/alerts"
              search={{ q: matcherText({ name, op: "=", value }) }}
              className="pill max-w-full"
            >
              <span className="text-muted">{name}</span>{" "}
              <span className="truncate" title={value}>
                {value}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="mt-2 font-mono text-xs text-muted">{fingerprint}</p>
    </Panel>
  );
}

function Annotations({ alert }: { alert: PostedAlert }) {
  const shown = Object.entries(alert.annotations).filter(
    ([name, value]) => value !== "" && value !== titleOf(alert) && !/^runbook(_url)?$/.test(name),
  );
  if (shown.length === 0) return null;
  return (
    <Panel title="It says">
      <dl className="grid gap-2 sm:grid-cols-[8rem_minmax(0,1fr)]">
        {shown.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-sm text-muted">{name.replaceAll("_", " ")}</dt>
            <dd className="whitespace-pre-wrap">
              {isWeb(value) ? (
                <a href={value} rel="noreferrer">
                  {value}
                </a>
              ) : (
                value
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
