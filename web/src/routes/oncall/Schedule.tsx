import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { type Schedule, scheduleQuery, type Turn, turnsQuery } from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import { useKey } from "../../keys/useKeys";
import { useNow } from "../../live/live";
import { coloursOf } from "../../oncall/colours";
import { joinTurns } from "../../oncall/grid";
import {
  type CalendarView,
  calendarViews,
  isView,
  leftOf,
  moved,
  searchOfSpan,
  spanOfSearch,
  stripsOf,
  titleOf,
} from "../../oncall/view";
import { dateText, floorDay, isZone, ownZone, parseDate, wallOf } from "../../oncall/zone";
import { Fetched } from "../../ui/Fetched";
import { useTeamName } from "../../words/people";
import { Calendar } from "./Calendar";
import { FaultBanner } from "./FaultBanner";
import { OverrideDialog } from "./OverrideDialog";
import { Head, useIsNarrow, useMine } from "./parts";
import { ScheduleFacts } from "./ScheduleFacts";
import { ScheduleForms } from "./ScheduleForms";
import { SwapDialog } from "./SwapDialog";
import { TakeDialog } from "./TakeDialog";
import { TurnDetails } from "./TurnDetails";
import { TurnList } from "./TurnList";

export function ScheduleScreen() {
  const { name } = useParams({ from: "/signed-in/oncall/schedules/$name" });
  const query = useQuery(scheduleQuery(name));
  return (
    <div className="grid grid-cols-1 gap-4">
      <Fetched query={query} what="the schedule" absent={`There is no schedule ${name}.`}>
        {(schedule) => <Loaded schedule={schedule} />}
      </Fetched>
    </div>
  );
}

// The server cuts turns to what was asked for: with this much more they keep their own ends.
const margin = 31 * 86_400_000;

// Which turn is shown below the calendar: by its lane ("" is the result) and a moment in it.
export interface Shown {
  lane: string;
  at: number;
}

function Loaded({ schedule }: { schedule: Schedule }) {
  const search = useSearch({ from: "/signed-in/oncall/schedules/$name" });
  const navigate = useNavigate({ from: "/oncall/schedules/$name" });
  const now = useNow();
  const teamName = useTeamName();
  const mine = useMine();
  const isNarrow = useIsNarrow();
  const [shown, show] = useState<Shown | null>(null);
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: { ...search, ...part }, replace: true });

  const isOther = search.zone === "schedule" && isZone(schedule.zone);
  const zone = isOther ? schedule.zone : ownZone();
  const today = floorDay(wallOf(now, zone));
  const day = parseDate(search.at) ?? today;
  const view: CalendarView = isView(search.view) ? search.view : isNarrow ? "list" : "week";
  const withLayers = search.layers === undefined ? view === "week" : search.layers === "yes";
  const strips = useMemo(() => stripsOf(view, day, zone), [view, day, zone]);
  const begin = strips[0]?.begin ?? 0;
  const end = strips.at(-1)?.end ?? 0;
  const turns = useQuery(turnsQuery(schedule.id, begin - margin, end + margin));
  const result = useMemo(() => joinTurns(turns.data?.turns ?? []), [turns.data]);
  const catalog = useQuery(catalogQuery).data;
  // All people, too: who helps out has the same colour on each page of the calendar.
  const colours = useMemo(
    () =>
      coloursOf([
        ...schedule.layers.flatMap(({ people }) => people.flat()),
        ...(catalog?.people.map(({ id }) => id) ?? []),
      ]),
    [schedule, catalog],
  );

  const go = (by: 1 | -1) => {
    show(null);
    change({ at: dateText(moved(view, day, by)) });
  };
  const toToday = () => {
    show(null);
    change({ at: undefined });
  };
  const found = shown && turnAt(shown, result, turns.data?.layers ?? []);
  const override = (from: number, until: number) =>
    change({ override: searchOfSpan({ begin: from, end: until }) });
  // What is left of the turn, when it has begun.
  const left = (turn: Turn) =>
    leftOf({ begin: Date.parse(turn.begin), end: Date.parse(turn.end) }, now);
  const overrideShown = () => {
    const span = found
      ? left(found)
      : { begin: nextFullHour(now), end: nextFullHour(now) + workday };
    override(span.begin, span.end);
  };
  useKey("earlier", () => go(-1));
  useKey("later", () => go(1));
  useKey("today", toToday);
  useKey("view", () => change({ view: nextView(view) }));
  useKey("override", overrideShown);
  useKey("take", () => (mine.me === "" ? false : change({ take: schedule.id })));

  const overrideSpan = spanOfSearch(search.override);
  const swapSpan = spanOfSearch(search.swap);
  return (
    <>
      <Head title={schedule.name}>
        {mine.me !== "" && (
          <button
            type="button"
            className="button"
            onClick={() => change({ take: schedule.id })}
            aria-keyshortcuts="p"
          >
            Take the pager
          </button>
        )}
        <button
          type="button"
          className="button"
          data-kind="primary"
          onClick={overrideShown}
          aria-keyshortcuts="o"
        >
          Override…
        </button>
      </Head>
      <p className="-mt-3 text-muted">
        {teamName(schedule.team)} · hands off in {schedule.zone}
      </p>
      <FaultBanner schedules={[schedule]} isMine={() => true} zone={zone} />
      <section className="panel grid gap-3 p-3 sm:p-4" aria-label="Calendar">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="flex items-center gap-1">
            <button
              type="button"
              className="button px-3"
              onClick={() => go(-1)}
              aria-label="Earlier"
              aria-keyshortcuts="["
            >
              ‹
            </button>
            <button type="button" className="button" onClick={toToday} aria-keyshortcuts="t">
              Today
            </button>
            <button
              type="button"
              className="button px-3"
              onClick={() => go(1)}
              aria-label="Later"
              aria-keyshortcuts="]"
            >
              ›
            </button>
          </div>
          <h2 className="mr-auto font-semibold" aria-live="polite">
            {titleOf(view, strips, day)}
          </h2>
          <Choice
            legend="Show by"
            value={view}
            choices={calendarViews.map((one) => [one, one])}
            onChange={(to) => change({ view: to, at: dateText(day) })}
          />
          {schedule.zone !== ownZone() && isZone(schedule.zone) && (
            <Choice
              legend="Times in"
              value={isOther ? "schedule" : "own"}
              choices={[
                ["own", `${ownZone()}, yours`],
                ["schedule", `${schedule.zone}, the schedule’s`],
              ]}
              onChange={(to) => change({ zone: to === "own" ? undefined : to })}
            />
          )}
          {view !== "list" && (
            <label className="inline-flex min-h-6 items-center gap-2 text-sm">
              <input
                type="checkbox"
                className="size-4"
                checked={withLayers}
                onChange={(event) => change({ layers: event.target.checked ? "yes" : "no" })}
              />
              Layers
            </label>
          )}
        </div>
        <Fetched query={turns} what="the turns">
          {({ layers }) =>
            view === "list" ? (
              <TurnList
                turns={result.filter(
                  (one) => Date.parse(one.begin) < end && Date.parse(one.end) > begin,
                )}
                zone={zone}
                colours={colours}
                shown={shown}
                onShow={show}
              />
            ) : (
              <Calendar
                strips={strips}
                month={view === "month" ? day : null}
                result={result}
                layers={withLayers ? layers : []}
                shadows={schedule.layers.filter((one) => one.is_shadow).map((one) => one.name)}
                zone={zone}
                colours={colours}
                shown={shown}
                onShow={show}
                onSpan={override}
              />
            )
          }
        </Fetched>
        {found && shown && (
          <TurnDetails
            key={`${shown.lane} ${found.begin}`}
            turn={found}
            lane={shown.lane}
            schedule={schedule}
            zone={zone}
            colours={colours}
            me={mine.me}
            onOverride={overrideShown}
            onSwap={() => change({ swap: searchOfSpan(left(found)) })}
            onClose={() => show(null)}
          />
        )}
      </section>
      <ScheduleFacts
        schedule={schedule}
        me={mine.me}
        zone={zone}
        colours={colours}
        onForm={(form) => change({ form })}
      />
      <ScheduleForms
        form={search.form}
        schedule={schedule}
        zone={zone}
        me={mine.me}
        onClose={() => change({ form: undefined })}
      />
      {overrideSpan && (
        <OverrideDialog
          schedule={schedule}
          zone={zone}
          span={overrideSpan}
          me={mine.me}
          onClose={() => change({ override: undefined })}
        />
      )}
      {swapSpan && (
        <SwapDialog
          schedule={schedule}
          zone={zone}
          span={swapSpan}
          me={mine.me}
          onClose={() => change({ swap: undefined })}
        />
      )}
      {search.take && (
        <TakeDialog
          schedules={[schedule]}
          name={schedule.id}
          onClose={() => change({ take: undefined })}
        />
      )}
    </>
  );
}

interface ChoiceProps<T extends string> {
  legend: string;
  value: T;
  choices: (readonly [T, string])[];
  onChange: (to: T) => void;
}

export function Choice<T extends string>({ legend, value, choices, onChange }: ChoiceProps<T>) {
  return (
    <fieldset className="flex flex-wrap items-center gap-1.5">
      <legend className="sr-only">{legend}</legend>
      {choices.map(([one, says]) => (
        <button
          key={one}
          type="button"
          className="pill"
          aria-pressed={one === value}
          onClick={() => onChange(one)}
        >
          {says}
        </button>
      ))}
    </fieldset>
  );
}

function turnAt({ lane, at }: Shown, result: Turn[], layers: { name: string; turns: Turn[] }[]) {
  const turns = lane === "" ? result : layers.find(({ name }) => name === lane)?.turns;
  return turns?.find(({ begin, end }) => Date.parse(begin) <= at && at < Date.parse(end)) ?? null;
}

const nextView = (view: CalendarView): CalendarView =>
  calendarViews[(calendarViews.indexOf(view) + 1) % calendarViews.length] ?? "week";

const workday = 8 * 3_600_000;
const nextFullHour = (now: number) => Math.ceil(now / 3_600_000) * 3_600_000;
