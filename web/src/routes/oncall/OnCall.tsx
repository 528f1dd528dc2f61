import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef } from "react";
import { policiesQuery, type ScheduleSummary, schedulesQuery } from "../../api/oncall";
import { moveFocus, useKey } from "../../keys/useKeys";
import { useNow } from "../../live/live";
import { coloursOf } from "../../oncall/colours";
import { whenText } from "../../oncall/words";
import { ownZone } from "../../oncall/zone";
import { durationText, zoneName } from "../../time/format";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { useTeamName } from "../../words/people";
import { FaultBanner } from "./FaultBanner";
import { MyTurns } from "./MyTurns";
import { Head, NoPerson, useIsNarrow, useMine, Whos } from "./parts";
import { SwapRequests } from "./SwapRequests";
import { TakeDialog } from "./TakeDialog";

export function OnCall() {
  const search = useSearch({ from: "/signed-in/oncall" });
  const navigate = useNavigate({ from: "/oncall" });
  const query = useQuery(schedulesQuery);
  const mine = useMine();
  const isNarrow = useIsNarrow();
  const list = useRef<HTMLDivElement>(null);
  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  const take = (name: string | undefined) =>
    void navigate({ search: { ...search, take: name }, replace: true });
  useKey("take", () => {
    if (mine.me === "") return false;
    take("any");
  });

  return (
    <div className="grid grid-cols-1 gap-4" ref={list}>
      <Head title="On call">
        {mine.me !== "" && (
          <button
            type="button"
            className="button"
            data-kind="primary"
            onClick={() => take("any")}
            aria-keyshortcuts="p"
          >
            Take the pager
          </button>
        )}
      </Head>
      <Fetched query={query} what="the schedules">
        {({ schedules }) => {
          const sorted = [...schedules].sort(
            (a, b) =>
              Number(mine.isMine(b)) - Number(mine.isMine(a)) || a.name.localeCompare(b.name),
          );
          const first = sorted.filter(mine.isMine);
          const colours = coloursOf(
            sorted.flatMap(({ on_call }) => [...on_call.people, ...on_call.shadows]),
          );
          const you = mine.me !== "" && <MyTurns me={mine.me} teams={mine.teams} />;
          return (
            <>
              <FaultBanner schedules={sorted} isMine={mine.isMine} />
              {mine.me === "" && <NoPerson />}
              <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_21rem]">
                <div className="grid min-w-0 gap-4">
                  {first.length > 0 && (
                    <Board
                      title="On call now: yours"
                      schedules={first}
                      colours={colours}
                      me={mine.me}
                    />
                  )}
                  {isNarrow && you}
                  {first.length < sorted.length && (
                    <Board
                      title={first.length > 0 ? "On call now: everybody else" : "On call now"}
                      schedules={sorted.filter((one) => !mine.isMine(one))}
                      colours={colours}
                      me={mine.me}
                    />
                  )}
                  {sorted.length === 0 && (
                    <p className="panel p-4">
                      There is no schedule yet. Schedules are declared in files beside teams and
                      services.
                    </p>
                  )}
                  <SwapRequests schedules={first} me={mine.me} />
                </div>
                <div className="grid min-w-0 gap-4">
                  {!isNarrow && you}
                  <Policies />
                </div>
              </div>
              {search.take && sorted.length > 0 && (
                <TakeDialog schedules={sorted} name={search.take} onClose={() => take(undefined)} />
              )}
            </>
          );
        }}
      </Fetched>
    </div>
  );
}

interface BoardProps {
  title: string;
  schedules: ScheduleSummary[];
  colours: ReadonlyMap<string, number>;
  me: string;
}

function Board({ title, schedules, colours, me }: BoardProps) {
  return (
    <Panel title={title} flush>
      <ul>
        {schedules.map((one) => (
          <BoardRow
            key={one.id}
            schedule={one}
            colours={colours}
            isMe={one.on_call.people.includes(me)}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface RowProps {
  schedule: ScheduleSummary;
  colours: ReadonlyMap<string, number>;
  isMe: boolean;
}

function BoardRow({ schedule, colours, isMe }: RowProps) {
  const now = useNow();
  const teamName = useTeamName();
  const { id, name, team, on_call } = schedule;
  const end = Date.parse(on_call.end);
  const zone = ownZone();
  return (
    <li
      className="row-focus grid gap-x-4 gap-y-1 border-t border-line px-4 py-2.5 sm:grid-cols-[11rem_minmax(0,1fr)]"
      data-schedule={id}
    >
      <div>
        <Link
          to="/oncall/schedules/$name"
          params={{ name: id }}
          data-row=""
          className="font-medium text-text underline decoration-line-strong hover:decoration-2"
        >
          {name}
        </Link>
        <span className="block text-sm text-muted">{teamName(team)}</span>
      </div>
      <div className="grid min-w-0 gap-1">
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <Whos ids={on_call.people} colours={colours} />
          {isMe && <span className="font-semibold">that is you</span>}
          <span className="text-sm">
            until {whenText(end, now, zone)} {zoneName(end, zone)}{" "}
            <span className="text-muted">({durationText(end - now)})</span>
          </span>
        </p>
        <p className="text-sm text-muted">{on_call.explain}</p>
        {on_call.shadows.length > 0 && (
          <p className="flex flex-wrap items-baseline gap-2 text-sm">
            <span className="text-muted">Looking on, to learn:</span>
            <Whos ids={on_call.shadows} colours={colours} />
          </p>
        )}
      </div>
    </li>
  );
}

function Policies() {
  const query = useQuery(policiesQuery);
  const teamName = useTeamName();
  return (
    <Panel title="Escalation policies" flush>
      <Fetched query={query} what="the escalation policies">
        {({ policies }) => (
          <ul>
            {policies.map((one) => (
              <li key={one.id} className="row-focus border-t border-line px-4 py-2">
                <Link
                  to="/oncall/policies/$name"
                  params={{ name: one.id }}
                  data-row=""
                  className="font-medium text-text underline decoration-line-strong hover:decoration-2"
                >
                  {one.id}
                </Link>
                <span className="block text-sm text-muted">
                  {plural(one.steps.length, "step")}, {plural(one.repeat + 1, "round")}
                  {one.teams.length > 0 && ` · ${one.teams.map(teamName).join(", ")}`}
                </span>
              </li>
            ))}
            {policies.length === 0 && (
              <li className="border-t border-line px-4 py-2">
                None: each team’s own list is rung.
              </li>
            )}
          </ul>
        )}
      </Fetched>
    </Panel>
  );
}
