import { type Ring, type RingRow, type RoundPicture, ticksOf } from "../../oncall/escalation";
import { shareOf } from "../../oncall/grid";
import { durationText } from "../../time/format";
import { usePersonName } from "../../words/people";

interface Props {
  picture: RoundPicture;
  colours: ReadonlyMap<string, number>;
}

// Room to the right of the last ring for what it is called.
const room = 0.72;
const percent = (share: number) => `${share * 100}%`;

// A lane for each person and channel, time to the right. The steps below say the same in words.
export function RingsPicture({ picture, colours }: Props) {
  const nameOf = usePersonName();
  const left = (after: number) => percent(room * shareOf(after, picture));
  const person = (row: RingRow) => (row.kind === "person" ? nameOf(row.name) : `#${row.name}`);
  return (
    <figure className="rings" data-rings="" aria-label="Who is rung when, as a picture">
      <div className="rings-corner" />
      <div className="rings-axis" aria-hidden="true">
        {ticksOf(picture.begin, picture.end).map((tick) => (
          <span key={tick} style={{ left: left(tick) }}>
            {tick === 0 ? "0" : durationText(tick)}
          </span>
        ))}
      </div>
      {picture.rows.map((row) => (
        <div key={row.kind + row.name} className="contents">
          <div className="rings-name font-medium">{person(row)}</div>
          <div className="rings-lane">
            {picture.steps.map((step) => (
              <div
                key={step.number}
                className="step-line"
                data-skipped={step.skipped !== null || undefined}
                style={{ left: left(step.after) }}
              />
            ))}
            {row.rings.map((ring) => (
              <div
                key={`${ring.after} ${ring.contact} ${ring.via}`}
                className="ring"
                data-who={colours.get(row.name) ?? "none"}
                data-ring=""
              >
                <span style={{ left: left(ring.after) }}>
                  <RingMark ring={ring} kind={row.kind} />
                  {ring.contact === "" ? "no way to reach them" : ring.contact}
                  <span className="sr-only">
                    {ring.after <= 0 ? ", at once" : `, after ${durationText(ring.after)}`}
                  </span>
                  {ring.isBringIn && <span className="text-muted">brought in</span>}
                </span>
              </div>
            ))}
          </div>
        </div>
      ))}
      {picture.rows.length === 0 && <p className="col-span-full py-3">Nobody would be rung.</p>}
    </figure>
  );
}

// A dot rings, a square is told, a diamond is brought in, a cross has no way.
function RingMark({ ring, kind }: { ring: Ring; kind: RingRow["kind"] }) {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
      {ring.contact === "" ? (
        <path d="M2 2 14 14M14 2 2 14" fill="none" stroke="currentColor" strokeWidth="3" />
      ) : ring.isBringIn ? (
        <path d="M8 0 16 8 8 16 0 8z" />
      ) : kind === "channel" ? (
        <rect x="2" y="2" width="12" height="12" />
      ) : (
        <circle cx="8" cy="8" r="7" />
      )}
    </svg>
  );
}
