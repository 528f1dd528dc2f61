import { Link } from "@tanstack/react-router";
import type { ScheduleFault, ScheduleSummary } from "../../api/oncall";
import { useNow } from "../../live/live";
import { spanText } from "../../oncall/words";
import { dateText, ownZone, wallOf } from "../../oncall/zone";
import { relativeText } from "../../time/format";
import { Banner } from "../../ui/Banner";
import { plural } from "../../words/numbers";

interface Props {
  schedules: ScheduleSummary[];
  isMine: (one: ScheduleSummary) => boolean;
  zone?: string; // the reader's, if absent
}

type Found = ScheduleFault & { schedule: ScheduleSummary };
const mostShown = 5;

// What will go wrong if nobody does anything: first where nobody will be rung.
export function FaultBanner({ schedules, isMine, zone = ownZone() }: Props) {
  const all: Found[] = schedules.flatMap((schedule) =>
    schedule.faults.map((fault) => ({ ...fault, schedule })),
  );
  if (all.length === 0) return null;
  all.sort(
    (a, b) =>
      Number(isMine(b.schedule)) - Number(isMine(a.schedule)) ||
      Number(isHole(b)) - Number(isHole(a)) ||
      a.begin.localeCompare(b.begin),
  );
  const holes = all.filter(isHole).length;
  const others = all.length - holes;
  return (
    <Banner tone={holes > 0 ? "critical" : "warning"}>
      <h2 className="font-semibold">
        {[
          holes > 0 && `Nobody would be rung at ${plural(holes, "time")} ahead`,
          others > 0 && `${plural(others, holes > 0 ? "other fault" : "fault")} ahead`,
        ]
          .filter(Boolean)
          .join("; ")}
      </h2>
      <ul className="mt-1 grid gap-1 text-sm">
        {all.slice(0, mostShown).map((fault) => (
          <FaultLine key={fault.schedule.id + fault.kind + fault.begin} fault={fault} zone={zone} />
        ))}
      </ul>
      {all.length > mostShown && (
        <p className="mt-1 text-sm text-muted">and {all.length - mostShown} more</p>
      )}
    </Banner>
  );
}

const isHole = ({ kind }: ScheduleFault) => kind === "gap" || kind === "unreachable";

function FaultLine({ fault, zone }: { fault: Found; zone: string }) {
  const now = useNow();
  const begin = Date.parse(fault.begin);
  return (
    <li data-fault={fault.kind}>
      {fault.text}: {spanText(begin, Date.parse(fault.end), now, zone)}{" "}
      <span className="text-muted">({begin > now ? relativeText(begin, now) : "now"})</span>{" "}
      <Link
        to="/oncall/schedules/$name"
        params={{ name: fault.schedule.id }}
        className="underline"
        search={{
          at: dateText(wallOf(begin, zone)),
          ...(isHole(fault) ? { override: `${fault.begin}/${fault.end}` } : {}),
        }}
        aria-label={`${isHole(fault) ? "Put somebody there" : "Show it"}: ${fault.text}`}
      >
        {isHole(fault) ? "Put somebody there" : "Show it"}
      </Link>
    </li>
  );
}
