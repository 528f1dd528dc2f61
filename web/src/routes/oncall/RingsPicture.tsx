import { type Ring, type RingRow, type RoundPicture, ticksOf } from "../../oncall/escalation";
import { shareOf } from "../../oncall/grid";
import { durationText } from "../../time/format";
import { usePersonName } from "../../words/people";

interface Props {
  picture: RoundPicture;
  colours: ReadonlyMap<string, number>;
}

// The last ring's mark stays within the picture.
const room = 0.97;
const percent = (share: number) => `${share * 100}%`;

// A lane for each person and channel, time to the right. The steps below say the same in words.
export function RingsPicture({ picture, colours }: Props) {
  const nameOf = usePersonName();
  const share = (after: number) => room * shareOf(after, picture);
  const left = (after: number) => percent(share(after));
  // What is late has its words before it: behind it there is no room.
  const isLate = (after: number, from = 0.5) => share(after) > from || undefined;
  const place = (after: number, from = 0.5) =>
    isLate(after, from) ? { right: percent(1 - share(after)) } : { left: left(after) };
  const person = (row: RingRow) => (row.kind === "person" ? nameOf(row.name) : `#${row.name}`);
  return (
    <figure className="rings" data-rings="" aria-label="Who is rung when, as a picture">
      <div className="rings-corner" />
      <div className="rings-axis" aria-hidden="true">
        {ticksOf(picture.begin, picture.end).map((tick) => (
          <span key={tick} style={place(tick, 0.8)} data-late={isLate(tick, 0.8)}>
            {tick === 0 ? "0" : durationText(tick)}
          </span>
        ))}
      </div>
      <div className="rings-name text-muted">Steps</div>
      <div className="rings-lane">
        <div className="ring-line">
          {picture.steps.map((step) => (
            <span
              key={step.number}
              className="text-muted"
              style={place(step.after)}
              data-late={isLate(step.after)}
            >
              {step.skipped === null ? step.number : `${step.number} skipped`}
            </span>
          ))}
        </div>
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
                className="ring-line"
                data-who={colours.get(row.name) ?? "none"}
                data-ring=""
              >
                <span style={place(ring.after)} data-late={isLate(ring.after)}>
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
