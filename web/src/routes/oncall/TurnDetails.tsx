import type { Schedule, Turn } from "../../api/oncall";
import { useNow } from "../../live/live";
import { spanText } from "../../oncall/words";
import { ownZone } from "../../oncall/zone";
import { durationText } from "../../time/format";
import { Whos } from "./parts";
import { RemoveOverride } from "./RemoveOverride";

interface Props {
  turn: Turn;
  lane: string;
  schedule: Schedule;
  zone: string;
  colours: ReadonlyMap<string, number>;
  me: string;
  onOverride: () => void;
  onSwap: () => void;
  onClose: () => void;
}

// Whose turn it is and why, in words, with what can be done about it.
export function TurnDetails({ turn, lane, schedule, zone, colours, me, ...on }: Props) {
  const now = useNow();
  const begin = Date.parse(turn.begin);
  const end = Date.parse(turn.end);
  const other = zone === schedule.zone ? ownZone() : schedule.zone;
  const moved = turn.why
    .filter(({ kind }) => kind === "override")
    .map(({ id }) => schedule.overrides.find((one) => one.id === id))
    .filter((one) => one !== undefined);
  const isPast = end <= now;
  return (
    <section
      className="grid gap-2 rounded-md border border-line bg-raised p-3"
      aria-label="This turn"
      data-details=""
    >
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <Whos ids={turn.people} colours={colours} />
        <span className="font-medium">{spanText(begin, end, now, zone)}</span>
        <span className="text-sm text-muted">
          {durationText(end - begin)}
          {lane !== "" && `, as the layer ${lane} has it`}
        </span>
      </p>
      {other !== zone && (
        <p className="text-sm text-muted">
          {spanText(begin, end, now, other)} in {other}
        </p>
      )}
      <p role="status">{turn.explain}</p>
      {turn.shadows.length > 0 && (
        <p className="flex flex-wrap items-baseline gap-2 text-sm">
          <span className="text-muted">Looking on for all or some of it, to learn:</span>
          <Whos ids={turn.shadows} colours={colours} />
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {!isPast && (
          <button type="button" className="button" onClick={on.onOverride}>
            Override this turn…
          </button>
        )}
        {!isPast && lane === "" && turn.people.includes(me) && (
          <button type="button" className="button" onClick={on.onSwap}>
            Ask for a swap…
          </button>
        )}
        {moved.map((one) => (
          <RemoveOverride key={one.id} schedule={schedule.id} override={one} zone={zone} />
        ))}
        <button type="button" className="button" data-kind="quiet" onClick={on.onClose}>
          Close
        </button>
      </div>
    </section>
  );
}
