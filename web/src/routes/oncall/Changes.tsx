import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../api/client";
import { readOnCallAgain, removeAbsence, removePlan, type Schedule } from "../../api/oncall";
import { useNow } from "../../live/live";
import { listText, overrideText, spanText } from "../../oncall/words";
import { announce } from "../../ui/announce";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { Refusal, useMine } from "./parts";
import { RemoveOverride } from "./RemoveOverride";
import { SwapRow } from "./SwapRequests";

export type ScheduleForm = "plan" | "absence" | "import";

interface Props {
  schedule: Schedule;
  me: string;
  zone: string;
  onForm: (form: ScheduleForm) => void;
}

// What people changed on top of the layers, and the forms that change more.
export function Changes({ schedule, me, zone, onForm }: Props) {
  const now = useNow();
  const nameOf = usePersonName();
  const { isAdmin } = useMine();
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
          <ChangeRow
            key={one.id}
            id={one.id}
            says={
              <>
                <span className="font-medium">{overrideText(one, nameOf)}</span>, {says(one)}
              </>
            }
            note={[one.note, `made by ${nameOf(one.by)}`].filter(Boolean).join(" · ")}
          >
            <RemoveOverride schedule={schedule.id} override={one} zone={zone} />
          </ChangeRow>
        ))}
        {swaps.map((swap) => (
          <SwapRow key={swap.id} swap={swap} me={me} zone={zone} />
        ))}
        {plans.map((plan) => {
          const people = [...new Set(plan.shifts.flatMap((one) => one.people))].map(nameOf);
          return (
            <ChangeRow
              key={plan.id}
              id={plan.id}
              says={
                <>
                  <span className="font-medium">A fixed plan</span> of {listText(people)},{" "}
                  {says(plan)}
                </>
              }
              note={plan.note}
            >
              <Remove
                label={`Remove the plan, ${says(plan)}`}
                text="Remove the plan"
                done="The plan is removed"
                remove={() => removePlan(schedule.id, plan.id)}
              />
            </ChangeRow>
          );
        })}
        {absences.map((one) => (
          <ChangeRow
            key={one.id}
            id={one.id}
            says={
              <>
                <span className="font-medium">{nameOf(one.person)} is away</span>, {says(one)}
              </>
            }
            note={one.note}
          >
            {(one.person === me || isAdmin) && (
              <Remove
                label={`Remove the absence of ${nameOf(one.person)}, ${says(one)}`}
                text="Remove the absence"
                done="The absence is removed"
                remove={() => removeAbsence(one.id)}
              />
            )}
          </ChangeRow>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2 border-t border-line px-4 py-3">
        <button type="button" className="button" onClick={() => onForm("plan")}>
          Fixed plan…
        </button>
        {(me !== "" || isAdmin) && (
          <>
            <button type="button" className="button" onClick={() => onForm("absence")}>
              Absence…
            </button>
            <button type="button" className="button" onClick={() => onForm("import")}>
              Import a calendar…
            </button>
          </>
        )}
      </div>
    </Panel>
  );
}

interface RowProps {
  id: string;
  says: React.ReactNode;
  note: string;
  children: React.ReactNode;
}

function ChangeRow({ id, says, note, children }: RowProps) {
  return (
    <li
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5"
      data-override={id.startsWith("ovr") ? id : undefined}
      data-change={id}
    >
      <div className="min-w-48 flex-1">
        <p>{says}</p>
        {note !== "" && <p className="text-sm text-muted">{note}</p>}
      </div>
      {children}
    </li>
  );
}

interface RemoveProps {
  label: string;
  text: string;
  done: string;
  remove: () => Promise<unknown>;
}

function Remove({ label, text, done, remove }: RemoveProps) {
  const client = useQueryClient();
  const removing = useMutation({
    mutationFn: remove,
    onSuccess: () => announce(done),
    onSettled: () => readOnCallAgain(client),
  });
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={removing.isPending}
        onClick={() => removing.mutate()}
        aria-label={label}
      >
        {text}
      </button>
      {removing.error && <Refusal>Not removed: {messageOf(removing.error)}.</Refusal>}
    </>
  );
}
