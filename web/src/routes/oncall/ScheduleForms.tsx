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
export function ScheduleForms({ form, ...rest }: Props) {
  if (form === "plan") return <PlanDialog {...rest} span={daysFromTomorrow(7, rest.zone)} />;
  if (form === "absence") return <AbsenceDialog {...rest} span={daysFromTomorrow(1, rest.zone)} />;
  if (form === "import") return <ImportDialog {...rest} />;
  return null;
}

// Whole days of the zone, also those on which clocks are set.
function daysFromTomorrow(days: number, zone: string) {
  const today = wallOf(clock.now(), zone);
  const at = (n: number) => momentOf(plusDays(today, n), zone).at;
  return { begin: at(1), end: at(1 + days) };
}
