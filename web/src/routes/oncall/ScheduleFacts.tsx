import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schedule, servedQuery } from "../../api/oncall";
import { clock } from "../../live/clock";
import { useNow } from "../../live/live";
import { listText, spanText, whenText } from "../../oncall/words";
import { zoneName } from "../../time/format";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { Changes, type ScheduleForm } from "./Changes";
import { HandOffNotes } from "./HandOffNotes";
import { IcalLinks } from "./IcalLinks";
import { Who } from "./parts";

interface Props {
  schedule: Schedule;
  me: string;
  zone: string;
  colours: ReadonlyMap<string, number>;
  onForm: (form: ScheduleForm) => void;
}

// What stands behind the calendar: the changes that people made, the rules, who served, the feeds.
export function ScheduleFacts(props: Props) {
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <HandOffNotes schedule={props.schedule.id} zone={props.zone} />
      <Changes {...props} />
      <Rules {...props} />
      <History {...props} />
      <IcalLinks schedule={props.schedule.id} name={props.schedule.name} me={props.me} />
    </div>
  );
}

function Rules({ schedule, zone, colours }: Props) {
  const nameOf = usePersonName();
  return (
    <Panel
      title="Layers"
      aside="where several have somebody, the last one counts, and who joins it"
      flush
    >
      <ol>
        {schedule.layers.map((layer) => (
          <li key={layer.name} className="grid gap-1 border-t border-line px-4 py-2.5">
            <p>
              <span className="font-medium">{layer.name}</span>
              {layer.is_shadow && " (learning: told, not rung)"}
              {layer.joins && " (on call as well)"}: every {layer.every}, hands off {layer.hand_off}{" "}
              in {layer.zone}
              {layer.hours !== "always" && layer.hours !== "" && `; ${layer.hours}`}
              {layer.off.length > 0 && `; not on ${layer.off.join(", ")}`}
            </p>
            <p className="flex flex-wrap items-center gap-1.5 text-sm">
              <span className="text-muted">In turn:</span>
              {layer.people.map((turn) =>
                turn.length === 1 && turn[0] !== undefined ? (
                  <Who key={turn[0]} id={turn[0]} colours={colours} />
                ) : (
                  <span key={turn.join()} className="who" data-who="none">
                    {turn.map(nameOf).join(" + ")}
                  </span>
                ),
              )}
            </p>
          </li>
        ))}
      </ol>
      {schedule.slack_user_group && <UserGroup group={schedule.slack_user_group} zone={zone} />}
    </Panel>
  );
}

interface UserGroupProps {
  group: NonNullable<Schedule["slack_user_group"]>;
  zone: string;
}

// Whom a mention in Slack reaches: the group is kept equal to who is on call.
function UserGroup({ group: { id, members, confirmed_at, problem }, zone }: UserGroupProps) {
  const now = useNow();
  return (
    <div
      className="grid gap-1 border-t border-line px-4 py-2.5 text-sm break-words"
      data-user-group={id}
    >
      <p>
        <span className="font-medium">User group {id} in Slack:</span>{" "}
        {confirmed_at === null
          ? "not confirmed by Slack yet"
          : `${listText(members)}, confirmed ${whenText(Date.parse(confirmed_at), now, zone)}`}
      </p>
      {problem !== null && (
        <p className="severity-edge pl-2" data-tone="warning">
          {problem}
        </p>
      )}
    </div>
  );
}

const day = 86_400_000;
const historySpan = 30 * day;

function History({ schedule, zone, colours }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="panel" aria-label="Who really was on call">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="cursor-pointer px-4 py-3 font-semibold">
          Who really was on call, last 30 days
        </summary>
        {isOpen && <Served schedule={schedule.id} zone={zone} colours={colours} />}
      </details>
    </section>
  );
}

interface ServedProps {
  schedule: string;
  zone: string;
  colours: ReadonlyMap<string, number>;
}

function Served({ schedule, zone, colours }: ServedProps) {
  const now = useNow();
  // To the full hour: a running clock asks no new question.
  const [until] = useState(() => Math.ceil(clock.now() / 3_600_000) * 3_600_000);
  const query = useQuery(servedQuery(schedule, until - historySpan, until));
  return (
    <Fetched query={query} what="who was on call">
      {({ served }) => (
        <ul data-history="">
          {[...served]
            .sort((a, b) => b.begin.localeCompare(a.begin))
            .map((one) => (
              <li
                key={one.person + one.begin}
                className="grid gap-0.5 border-t border-line px-4 py-2 text-sm"
              >
                <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                  <Who id={one.person} colours={colours} />
                  <span>
                    {one.end === null
                      ? `since ${whenText(Date.parse(one.begin), now, zone)} ${zoneName(now, zone)}`
                      : spanText(Date.parse(one.begin), Date.parse(one.end), now, zone)}
                  </span>
                </p>
                <p className="text-muted">{one.why}</p>
              </li>
            ))}
          {served.length === 0 && (
            <li className="border-t border-line px-4 py-2">
              Nobody, as far as it was written down.
            </li>
          )}
        </ul>
      )}
    </Fetched>
  );
}
