import { useRef } from "react";
import type { Turn } from "../../api/oncall";
import { useNow } from "../../live/live";
import { initials } from "../../oncall/colours";
import { clockChanges, layOut, type Piece, type Strip, shareOf } from "../../oncall/grid";
import { listText, spanText } from "../../oncall/words";
import type { Wall } from "../../oncall/zone";
import { usePersonName } from "../../words/people";
import type { Shown } from "./Schedule";
import { type Dragged, useDragSpan } from "./useDragSpan";

interface Props {
  strips: Strip[];
  month: Wall | null; // days of other months are set back
  result: Turn[];
  layers: { name: string; turns: Turn[] }[];
  shadows: string[]; // layers whose people learn
  zone: string;
  colours: ReadonlyMap<string, number>;
  shown: Shown | null;
  onShow: (shown: Shown) => void;
  onSpan: (begin: number, end: number) => void;
}

// A strip for each week; in it the result on top and a lane for each layer. A span of the result is
// selected by dragging; the arrows walk the turns.
export function Calendar(props: Props) {
  const { strips, zone, onSpan } = props;
  const root = useRef<HTMLDivElement>(null);
  const drag = useDragSpan(strips, zone, onSpan);
  const stop = tabStop(props, useNow());
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a short cut for the button
    <div
      ref={root}
      className="grid gap-3"
      data-calendar=""
      onPointerDown={drag.onPointerDown}
      onClickCapture={drag.onClickCapture}
      onKeyDown={(event) => {
        if (walk(root.current, event.target as HTMLElement, event.key)) event.preventDefault();
      }}
    >
      {strips.map((strip, i) => (
        <StripRows
          key={strip.begin}
          {...props}
          strip={strip}
          index={i}
          dragged={drag.dragged}
          stop={stop}
        />
      ))}
      <p className="text-sm text-muted pointer-coarse:hidden">
        Drag over the row “On call” to put somebody else there, or press{" "}
        <kbd className="kbd">o</kbd>. Arrows walk the turns.
      </p>
      <p className="text-sm text-muted pointer-fine:hidden">
        Narrow turns are easier to reach in the list.
      </p>
    </div>
  );
}

interface StripProps extends Props {
  strip: Strip;
  index: number;
  dragged: Dragged | null;
  stop: Shown;
}

// One turn is reached with Tab, as in any grid: what is shown, or else what is now, or the first.
function tabStop({ strips, layers, shown }: Props, now: number): Shown {
  const begin = strips[0]?.begin ?? 0;
  const isDrawn = (at: number) => begin <= at && at < (strips.at(-1)?.end ?? 0);
  const hasLane = (lane: string) => lane === "" || layers.some(({ name }) => name === lane);
  if (shown && hasLane(shown.lane) && isDrawn(shown.at)) return shown;
  return { lane: "", at: isDrawn(now) ? now : begin };
}

function StripRows({ strip, index, month, result, layers, shadows, dragged, ...more }: StripProps) {
  const now = useNow();
  const isNow = strip.begin <= now && now < strip.end;
  const nowAt = isNow ? shareOf(now, strip) : null;
  const changes = new Map(clockChanges(strip).map(({ key, says }) => [key, says]));
  return (
    <div className="strip" data-week={strip.days[0]?.key}>
      <div className="strip-days">
        {strip.days.map((day) => (
          <div
            key={day.key}
            className="strip-day"
            style={{ flexGrow: day.hours / 24 }}
            data-today={(day.begin <= now && now < day.end) || undefined}
            data-outside={(month !== null && isOutside(day.wall, month)) || undefined}
            title={changes.get(day.key)}
          >
            <time dateTime={day.key}>
              {dayName(day.wall, month !== null && index === 0 && day === strip.days[0])}
            </time>
            {day.hours !== 24 && (
              <span className="ml-1 font-semibold text-text">
                {Math.round(day.hours * 10) / 10} h
                <span className="sr-only">, {changes.get(day.key)}</span>
              </span>
            )}
          </div>
        ))}
      </div>
      <Lane
        lane=""
        title="On call"
        turns={result}
        {...{ strip, index, nowAt, dragged }}
        {...more}
      />
      {layers.map(({ name, turns }) => (
        <Lane
          key={name}
          lane={name}
          title={shadows.includes(name) ? `${name} (learns)` : name}
          turns={turns}
          {...{ strip, index, nowAt }}
          dragged={null}
          {...more}
        />
      ))}
    </div>
  );
}

interface LaneProps extends Pick<StripProps, "zone" | "colours" | "shown" | "onShow" | "stop"> {
  lane: string;
  title: string;
  turns: Turn[];
  strip: Strip;
  index: number;
  nowAt: number | null;
  dragged: Dragged | null;
}

const percent = (share: number) => `${share * 100}%`;

function Lane({ lane, title, turns, strip, index, nowAt, dragged, ...more }: LaneProps) {
  const from = dragged ? shareOf(dragged.begin, strip) : 0;
  const until = dragged ? shareOf(dragged.end, strip) : 0;
  return (
    <>
      <div className="lane-name" data-lane={lane} title={title}>
        {title}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would not be laid out as a lane */}
      <div
        className="lane"
        role="group"
        aria-label={title}
        data-lane={lane}
        data-strip={lane === "" ? index : undefined}
      >
        {strip.days.slice(1).map((day) => (
          <div
            key={day.key}
            className="day-line"
            style={{ left: percent(shareOf(day.begin, strip)) }}
          />
        ))}
        {layOut(turns, strip).map((piece) => (
          <TurnPiece key={piece.turn.begin} piece={piece} lane={lane} strip={strip} {...more} />
        ))}
        {nowAt !== null && (
          <div className="now-line" style={{ left: percent(nowAt) }} data-now="" />
        )}
        {until > from && (
          <div
            className="drag-span"
            style={{ left: percent(from), width: percent(until - from) }}
          />
        )}
      </div>
    </>
  );
}

interface PieceProps extends Pick<StripProps, "zone" | "colours" | "shown" | "onShow" | "stop"> {
  piece: Piece;
  lane: string;
  strip: Strip;
}

function TurnPiece({ piece, lane, strip, zone, colours, shown, onShow, stop }: PieceProps) {
  const now = useNow();
  const nameOf = usePersonName();
  const { turn, left, width, comesFrom, goesOn } = piece;
  const begin = Date.parse(turn.begin);
  const end = Date.parse(turn.end);
  const [first] = turn.people;
  const isShown = shown?.lane === lane && begin <= shown.at && shown.at < end;
  const holds = (at: number) => Math.max(begin, strip.begin) <= at && at < Math.min(end, strip.end);
  const isStop = stop.lane === lane && holds(stop.at);
  const show = () => onShow({ lane, at: Math.max(begin, strip.begin) });
  // A layer that leaves a time to others is no gap.
  const none = lane === "" ? "Nobody" : "";
  const names = turn.people.length === 0 ? none : turn.people.map(nameOf).join(", ");
  const letters =
    turn.people.length === 0
      ? none && "–"
      : initials(nameOf(first ?? "")) +
        (turn.people.length > 1 ? `+${turn.people.length - 1}` : "");
  const isMoved = turn.why.some(({ kind }) => kind === "override" || kind === "plan");
  return (
    <button
      type="button"
      className="piece"
      data-piece={lane}
      data-who={first === undefined ? "nobody" : (colours.get(first) ?? "none")}
      data-from={comesFrom || undefined}
      data-on={goesOn || undefined}
      data-moved={isMoved || undefined}
      tabIndex={isStop ? 0 : -1}
      style={{ left: percent(left), width: percent(width) }}
      aria-pressed={isShown}
      title={`${listText(turn.people.map(nameOf))}: ${spanText(begin, end, now, zone)}`}
      onClick={show}
      // With the mouse it may become a drag: a click shows it.
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && show()}
    >
      {turn.people.slice(1).map((id) => (
        <i key={id} data-who={colours.get(id) ?? "none"} />
      ))}
      <span className="sr-only">
        {listText(turn.people.map(nameOf))}, {spanText(begin, end, now, zone)}
        {isMoved && ", changed"}
      </span>
      <span className="piece-letters" aria-hidden="true">
        {letters}
      </span>
      <span className="piece-name" aria-hidden="true">
        {names}
      </span>
    </button>
  );
}

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "short",
  day: "numeric",
});
// The first of a month says which.
const firstFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  weekday: "short",
  day: "numeric",
  month: "short",
});
function dayName(wall: Wall, namesMonth: boolean): string {
  const isFirst = new Date(wall).getUTCDate() === 1;
  return (isFirst || namesMonth ? firstFormat : dayFormat).format(wall).replace(",", "");
}

const isOutside = (wall: Wall, month: Wall) =>
  new Date(wall).getUTCMonth() !== new Date(month).getUTCMonth();

// Left and right along a lane, over the ends of strips; up and down to what is above or below.
function walk(root: HTMLElement | null, from: HTMLElement, key: string): boolean {
  const lane = from.dataset.piece;
  if (!root || lane === undefined) return false;
  const all = [...root.querySelectorAll<HTMLElement>("[data-piece]")];
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const mine = all.filter((one) => one.dataset.piece === lane);
    const to = mine[mine.indexOf(from) + (key === "ArrowRight" ? 1 : -1)];
    to?.focus();
    return true;
  }
  if (key !== "ArrowUp" && key !== "ArrowDown") return false;
  const here = from.getBoundingClientRect();
  const middle = here.left + Math.min(here.width, 24) / 2;
  const isBeyond = (rect: DOMRect) =>
    key === "ArrowUp" ? rect.bottom <= here.top : rect.top >= here.bottom;
  const [to] = all
    .map((one) => ({ one, rect: one.getBoundingClientRect() }))
    .filter(
      ({ rect }) =>
        isBeyond(rect) && rect.left <= middle && middle < Math.max(rect.right, rect.left + 3),
    )
    .sort((a, b) => Math.abs(a.rect.top - here.top) - Math.abs(b.rect.top - here.top));
  to?.one.focus();
  return true;
}
