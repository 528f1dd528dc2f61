import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { messageOf } from "../../api/client";
import { makePlan, readOnCallAgain, type Schedule, turnsQuery } from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import { useNow } from "../../live/live";
import { within } from "../../oncall/grid";
import { faultsOf, gapsOf, nextRow, planOf, type Row, rowOf } from "../../oncall/plan";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
import { spanText } from "../../oncall/words";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { FieldFault, faultProps } from "./FieldFault";
import { PlanRow } from "./PlanRow";
import { Refusal } from "./parts";
import { SpanFields, useSpanDraft } from "./SpanFields";

interface Props {
  schedule: Schedule;
  zone: string;
  span: Span;
  me: string;
  onClose: () => void;
}

// Shifts by hand, in the place of the layers for a time.
export function PlanDialog({ schedule, zone, span, me, onClose }: Props) {
  const client = useQueryClient();
  const people = useQuery(catalogQuery).data?.people.map(({ id }) => id) ?? [];
  const draft = useSpanDraft(span, zone);
  const [rows, setRows] = useState<Row[]>(() => [rowOf(1, [me], span, zone)]);
  const [note, setNote] = useState("");
  const [wasTried, setTried] = useState(false);
  const noteId = useId();
  const { ready } = draft;
  const faults = ready ? faultsOf(rows, ready, zone) : [];
  const missing =
    draft.fault ??
    (rows.length === 0 ? "Add a shift" : faults.length > 0 ? "A shift is not right yet" : null);
  const make = useMutation({
    mutationFn: (plan: Span) => makePlan(schedule.id, planOf(rows, plan, zone, note.trim())),
    onSuccess: () => {
      announce("The plan is made");
      onClose();
    },
    onSettled: () => readOnCallAgain(client),
  });
  const places = ["begin", "end", "note", ...rows.map((_, i) => `shifts[${i}]`)];
  const refused = refusals(make.error && messageOf(make.error), places);
  const general = wasTried && missing !== null ? missing : refused.at("");
  const change = (to: Row[]) => {
    make.reset();
    setRows(to);
  };
  return (
    <Dialog title={`Fixed plan in ${schedule.name}`} wide onClose={onClose}>
      <form
        className="grid gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (missing === null && ready && !make.isPending) make.mutate(ready);
        }}
      >
        <p className="text-sm">
          In this time only these shifts count, and no layer; overrides lie on top of them.
        </p>
        <SpanFields
          draft={draft}
          zone={zone}
          refused={{ begin: refused.at("begin"), end: refused.at("end") }}
        />
        <ol className="grid gap-3" aria-label="Shifts">
          {rows.map((row, i) => (
            <PlanRow
              key={row.key}
              row={row}
              place={i + 1}
              people={people}
              fault={
                (wasTried ? faults.find(({ key }) => key === row.key)?.says : undefined) ??
                refused.at(`shifts[${i}]`)
              }
              onChange={(to) => change(rows.map((one) => (one.key === row.key ? to : one)))}
              onRemove={() => change(rows.filter((one) => one.key !== row.key))}
            />
          ))}
        </ol>
        <div className="flex flex-wrap gap-2">
          <button
            type="button"
            className="button"
            disabled={!ready}
            onClick={() => ready && change([...rows, nextRow(rows, ready, zone, me)])}
          >
            Add a shift
          </button>
          {ready && <AsItStands schedule={schedule} plan={ready} zone={zone} onRows={change} />}
        </div>
        {ready && faults.length === 0 && <Gaps gaps={gapsOf(rows, ready, zone)} zone={zone} />}
        <label className="grid gap-1">
          <span className="text-sm font-medium">Why (others see it)</span>
          <input
            className="field"
            value={note}
            autoComplete="off"
            {...faultProps(noteId, refused.at("note"))}
            onChange={(event) => setNote(event.target.value)}
          />
          <FieldFault id={noteId} says={refused.at("note")} />
        </label>
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" data-kind="primary" disabled={make.isPending}>
            {make.isPending ? "Making…" : "Make the plan"}
          </button>
          {general !== undefined && <Refusal>Not made: {general}.</Refusal>}
        </div>
      </form>
    </Dialog>
  );
}

interface AsItStandsProps {
  schedule: Schedule;
  plan: Span;
  zone: string;
  onRows: (rows: Row[]) => void;
}

const mostRows = 60;

// To begin from what the layers say, and change a few.
function AsItStands({ schedule, plan, zone, onRows }: AsItStandsProps) {
  const turns = useQuery(turnsQuery(schedule.id, plan.begin, plan.end)).data?.turns;
  const parts = turns
    ? within(turns, plan.begin, plan.end).filter((part) => part.people.length > 0)
    : [];
  return (
    <button
      type="button"
      className="button"
      disabled={parts.length === 0 || parts.length > mostRows}
      onClick={() => onRows(parts.map((part, i) => rowOf(i + 1, part.people, part, zone)))}
    >
      Begin with who is on call as it stands
    </button>
  );
}

function Gaps({ gaps, zone }: { gaps: Span[]; zone: string }) {
  const now = useNow();
  if (gaps.length === 0) return null;
  return (
    <div data-tone="high" className="severity-edge pl-3 text-sm" role="status" data-plan-gaps="">
      <p className="font-medium">Nobody is on call then:</p>
      <ul>
        {gaps.map((gap) => (
          <li key={gap.begin}>{spanText(gap.begin, gap.end, now, zone)}</li>
        ))}
      </ul>
    </div>
  );
}
