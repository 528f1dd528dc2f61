import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import { makePlan, type Schedule, turnsQuery } from "../../api/oncall";
import { catalogQuery } from "../../api/queries";
import { useNow } from "../../live/live";
import { within } from "../../oncall/grid";
import { faultsOf, gapsOf, nextRow, planOf, type Row, rowOf } from "../../oncall/plan";
import { refusals } from "../../oncall/refusal";
import type { Span } from "../../oncall/view";
import { spanText } from "../../oncall/words";
import { DeedForm, NoteField, useDeed } from "./DeedForm";
import { PlanRow } from "./PlanRow";
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
  const people = useQuery(catalogQuery).data?.people.map(({ id }) => id) ?? [];
  const draft = useSpanDraft(span, zone);
  const [rows, setRows] = useState<Row[]>(() => [rowOf(1, [me], span, zone)]);
  const [note, setNote] = useState("");
  const [wasTried, setTried] = useState(false);
  const { ready } = draft;
  const faults = ready ? faultsOf(rows, ready, zone) : [];
  const missing =
    draft.fault ??
    (rows.length === 0 ? "Add a shift" : faults.length > 0 ? "A shift is not right yet" : null);
  const make = useDeed(
    (plan: Span) => makePlan(schedule.id, planOf(rows, plan, zone, note.trim())),
    "The plan is made",
    onClose,
  );
  const places = ["begin", "end", "note", ...rows.map((_, i) => `shifts[${i}]`)];
  const refused = refusals(make.error && messageOf(make.error), places);
  const general = wasTried && missing !== null ? missing : refused.at("");
  const change = (to: Row[]) => {
    make.reset();
    setRows(to);
  };
  return (
    <DeedForm
      title={`Fixed plan in ${schedule.name}`}
      wide
      isPending={make.isPending}
      does="Make the plan"
      doing="Making…"
      refusal={general === undefined ? null : `Not made: ${general}`}
      onSubmit={() => {
        setTried(true);
        if (missing === null && ready) make.mutate(ready);
      }}
      onClose={onClose}
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
      <NoteField
        label="Why (others see it)"
        note={note}
        refused={refused.at("note")}
        onChange={setNote}
      />
    </DeedForm>
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
