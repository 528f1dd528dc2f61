import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { onCallMeQuery, policiesQuery, previewQuery, schedulesQuery } from "../../api/oncall";
import { useNow } from "../../live/live";
import { firstRing } from "../../oncall/escalation";
import { spanText, whenText } from "../../oncall/words";
import { ownZone } from "../../oncall/zone";
import { durationText, relativeText } from "../../time/format";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { NotesOfTurn } from "./NoteView";
import { Ways } from "./Ways";

interface Props {
  me: string;
  teams: ReadonlySet<string>;
}

const shownAtFirst = 4;

export function MyTurns({ me, teams }: Props) {
  const now = useNow();
  const query = useQuery(onCallMeQuery(me));
  const schedules = useQuery(schedulesQuery).data?.schedules ?? [];
  const [all, setAll] = useState(false);
  const zone = ownZone();
  const nameOf = (id: string) => schedules.find((one) => one.id === id)?.name ?? id;
  return (
    <Panel title="You">
      <Fetched query={query} what="your shifts">
        {(mine) => {
          const { now: have, shifts } = mine;
          const [next] = shifts;
          return (
            <div className="grid gap-4">
              {have.length > 0 ? (
                <div className="grid justify-items-start gap-1">
                  <Badge tone="ok" word="YOU ARE ON CALL" />
                  {have.map(({ schedule, until }) => (
                    <div key={schedule} className="grid w-full gap-1">
                      <p>
                        <ScheduleLink id={schedule} name={nameOf(schedule)} /> until{" "}
                        {whenText(Date.parse(until), now, zone)}{" "}
                        <span className="text-muted">
                          ({durationText(Date.parse(until) - now)} left)
                        </span>
                      </p>
                      <NotesOfTurn schedule={schedule} zone={zone} />
                    </div>
                  ))}
                </div>
              ) : (
                <p>You are not on call now.</p>
              )}
              <NextPage me={me} teams={teams} />
              <Ways mine={mine} />
              <div>
                <h3 className="text-sm font-semibold">
                  {next
                    ? `Your next shift begins ${relativeText(Date.parse(next.begin), now)}`
                    : "You have no shift in the next 30 days"}
                </h3>
                <ul className="mt-1 grid gap-1.5 text-sm" data-shifts="">
                  {shifts.slice(0, all ? shifts.length : shownAtFirst).map((one) => (
                    <li key={one.schedule + one.begin}>
                      <ScheduleLink id={one.schedule} name={nameOf(one.schedule)} />
                      <span className="block text-muted">
                        {spanText(Date.parse(one.begin), Date.parse(one.end), now, zone)}
                      </span>
                    </li>
                  ))}
                </ul>
                {shifts.length > shownAtFirst && !all && (
                  <button type="button" className="button mt-2" onClick={() => setAll(true)}>
                    Show all {plural(shifts.length, "shift")} of 30 days
                  </button>
                )}
              </div>
            </div>
          );
        }}
      </Fetched>
    </Panel>
  );
}

function ScheduleLink({ id, name }: { id: string; name: string }) {
  return (
    <Link to="/oncall/schedules/$name" params={{ name: id }} className="font-medium underline">
      {name}
    </Link>
  );
}

const mostAsked = 6;

// When this person's phone would ring if something broke now: the policies of their teams are asked.
function NextPage({ me, teams }: Props) {
  const now = useNow();
  const minute = Math.floor(now / 60_000) * 60_000;
  const { data } = useQuery(policiesQuery);
  // Once in five minutes: the answer changes with hand-offs.
  const at = Math.floor(minute / 300_000) * 300_000;
  const asked = (data?.policies ?? [])
    .filter((one) => one.teams.some((team) => teams.has(team)))
    .slice(0, mostAsked);
  if (asked.length === 0) return null;
  return (
    <div>
      <h3 className="text-sm font-semibold">If something broke now (SEV-1)</h3>
      <ul className="mt-1 grid gap-1 text-sm" data-next-page="">
        {asked.map(({ id }) => (
          <NextPageOf key={id} policy={id} me={me} at={at} />
        ))}
      </ul>
    </div>
  );
}

function NextPageOf({ policy, me, at }: { policy: string; me: string; at: number }) {
  const { data } = useQuery(previewQuery(policy, at, "SEV-1"));
  const ring = data && firstRing(data, me, at);
  const way = ring?.contact ? `, by ${ring.contact}` : "";
  return (
    <li>
      <Link to="/oncall/policies/$name" params={{ name: policy }} className="underline">
        {policy}
      </Link>
      :{" "}
      {!data
        ? "…"
        : ring
          ? `you are rung ${ring.after <= 0 ? "at once" : `after ${durationText(ring.after)}`}, ${ring.via}${way}`
          : "you are not rung"}
    </li>
  );
}
