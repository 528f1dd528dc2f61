import type { Schedule } from "../../api/oncall";
import { clock } from "../../live/clock";
import { momentOf, plusDays, wallOf } from "../../oncall/zone";
import { AbsenceDialog } from "./AbsenceDialog";
import { ImportDialog } from "./ImportDialog";
import { PlanDialog } from "./PlanDialog";

interface Props {
  form: string | undefined;
  schedule: Schedule;
  zone: string;
  me: string;
  onClose: () => void;
}

// The forms of a schedule that the address names.
export function ScheduleForms({ form, schedule, zone, me, onClose }: Props) {
  const whose = { me, onClose };
  const days = (n: number) => ({ zone, span: daysFromTomorrow(n, zone) });
  if (form === "plan") return <PlanDialog schedule={schedule} {...whose} {...days(7)} />;
  if (form === "absence") return <AbsenceDialog {...whose} {...days(1)} />;
  if (form === "import") return <ImportDialog schedule={schedule} {...whose} />;
  return null;
}

// Whole days of the zone, also those on which clocks are set.
function daysFromTomorrow(days: number, zone: string) {
  const today = wallOf(clock.now(), zone);
  const at = (n: number) => momentOf(plusDays(today, n), zone).at;
  return { begin: at(1), end: at(1 + days) };
}
