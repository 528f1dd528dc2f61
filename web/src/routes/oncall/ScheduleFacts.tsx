import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Schedule, servedQuery } from "../../api/oncall";
import { clock } from "../../live/clock";
import { useNow } from "../../live/live";
import { listText, overrideText, spanText, whenText } from "../../oncall/words";
import { zoneName } from "../../time/format";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { IcalLinks } from "./IcalLinks";
import { Who } from "./parts";
import { RemoveOverride } from "./RemoveOverride";
import { SwapRow } from "./SwapRequests";

interface Props {
  schedule: Schedule;
  me: string;
  zone: string;
  colours: ReadonlyMap<string, number>;
}

// What stands behind the calendar: the changes that people made, the rules, who served, the feeds.
export function ScheduleFacts(props: Props) {
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <Changes {...props} />
      <Rules {...props} />
      <History {...props} />
      <IcalLinks schedule={props.schedule.id} name={props.schedule.name} me={props.me} />
    </div>
  );
}

function Changes({ schedule, me, zone }: Props) {
  const now = useNow();
  const nameOf = usePersonName();
  const isAhead = ({ end }: { end: string }) => Date.parse(end) > now;
  const says = (one: { begin: string; end: string }) =>
    spanText(Date.parse(one.begin), Date.parse(one.end), now, zone);
  const byBegin = (a: { begin: string }, b: { begin: string }) => a.begin.localeCompare(b.begin);
  const overrides = schedule.overrides.filter(isAhead).sort(byBegin);
  const swaps = schedule.swaps.filter(isAhead).sort(byBegin);
  const absences = schedule.absences.filter(isAhead).sort(byBegin);
  const plans = schedule.plans.filter(isAhead).sort(byBegin);
  const isEmpty = overrides.length + swaps.length + absences.length + plans.length === 0;
  return (
    <Panel title="Changes ahead" flush>
      {isEmpty && <p className="px-4 pb-3">None: the layers say it all.</p>}
      <ul data-changes="">
        {overrides.map((one) => (
          <li
            key={one.id}
            className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5"
            data-override={one.id}
          >
            <div className="min-w-48 flex-1">
              <p>
                <span className="font-medium">{overrideText(one, nameOf)}</span>, {says(one)}
              </p>
              <p className="text-sm text-muted">
                {[one.note, `made by ${nameOf(one.by)}`].filter(Boolean).join(" · ")}
              </p>
            </div>
            <RemoveOverride schedule={schedule.id} override={one} zone={zone} />
          </li>
        ))}
        {swaps.map((swap) => (
          <SwapRow key={swap.id} swap={swap} me={me} zone={zone} />
        ))}
        {plans.map((plan) => (
          <li key={plan.id} className="border-t border-line px-4 py-2.5">
            <p>
              <span className="font-medium">A fixed plan</span> of{" "}
              {listText([...new Set(plan.shifts.flatMap(({ people }) => people))].map(nameOf))},{" "}
              {says(plan)}
            </p>
            {plan.note !== "" && <p className="text-sm text-muted">{plan.note}</p>}
          </li>
        ))}
        {absences.map((one) => (
          <li key={one.id} className="border-t border-line px-4 py-2.5">
            <p>
              <span className="font-medium">{nameOf(one.person)} is away</span>, {says(one)}
            </p>
            {one.note !== "" && <p className="text-sm text-muted">{one.note}</p>}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Rules({ schedule, colours }: Props) {
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
    </Panel>
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
