// The two kinds of rows of the alerts screen.
import { memo } from "react";
import { type Group, type Row, tellingLabels } from "../../alerts/grouping";
import {
  moreOf,
  reasonsOf,
  severityOfPosted,
  standingOf,
  titleOf,
  toneOf,
} from "../../alerts/posted";
import type { PostedAlert } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { PersonIcon } from "../../ui/icons";
import { BellOffIcon, OpenIcon } from "../../ui/icons_alerts";
import { PlainLink } from "../../ui/PlainLink";
import { usePersonName } from "../../words/people";
import { useReasonText } from "../../words/reasons";

export interface RowActs {
  select: (row: Row, isRange: boolean) => void;
  fold: (group: Group, open: boolean) => void;
}

// An indent per level, without an inline style: there are four levels at most.
const indents = ["", "pl-4 sm:pl-6", "pl-8 sm:pl-12", "pl-10 sm:pl-16"];
const indentOf = (level: number) => indents[Math.min(level, indents.length - 1)] ?? "";

interface AlertProps {
  row: Extract<Row, { kind: "alert" }>;
  by: readonly string[];
  selected: boolean;
  acts: RowActs;
}

export const AlertRow = memo(function AlertRow({ row, by, selected, acts }: AlertProps) {
  const { alert, group, level } = row;
  const title = titleOf(alert);
  const labels = tellingLabels(alert, group, by);
  return (
    <div
      className={`alert-row row-focus ${indentOf(level)}`}
      data-tone={standingOf(alert) === "firing" ? toneOf(alert) : undefined}
      data-selected={selected || undefined}
    >
      <Tick row={row} checked={selected} label={`Select ${title}`} acts={acts} />
      <span className="alert-badge">
        <Badge {...severityOfPosted(alert)} />
      </span>
      <div className="min-w-0">
        <PlainLink
          href={`/alerts/${encodeURIComponent(alert.fingerprint)}`}
          data-row=""
          className="alert-title font-medium text-text no-underline hover:underline"
          title={title}
        >
          {title}
        </PlainLink>
        <p className="truncate text-sm text-muted">
          {labels.length === 0
            ? moreOf(alert)
            : labels.map(({ name, value }) => (
                <span key={name} className="mr-3">
                  {name} <span className="text-text">{value}</span>{" "}
                </span>
              ))}
        </p>
      </div>
      <Standing alert={alert} />
      <span className="alert-since text-sm whitespace-nowrap text-muted">
        <TimeText
          at={(alert.state === "resolved" && alert.ends_at) || alert.starts_at}
          show="relative"
        />
      </span>
    </div>
  );
});

// Who has it, or why nobody is told.
function Standing({ alert }: { alert: PostedAlert }) {
  const nameOf = usePersonName();
  const standing = standingOf(alert);
  if (standing === "firing") return <span className="alert-standing max-sm:hidden" />;
  if (standing === "suppressed") return <Suppression alert={alert} />;
  if (standing === "resolved")
    return <span className="alert-standing text-sm text-muted">over</span>;
  const says = `${nameOf(alert.acknowledged?.by ?? "")} has it`;
  return (
    <span className="alert-standing flex min-w-0 items-center gap-1.5 text-sm" title={says}>
      <PersonIcon />
      <span className="truncate">{says}</span>
    </span>
  );
}

function Suppression({ alert }: { alert: PostedAlert }) {
  const reasonText = useReasonText();
  const says = reasonsOf(alert).map(reasonText);
  const [first = "Suppressed"] = says;
  return (
    <span
      className="alert-standing flex min-w-0 items-center gap-1.5 text-sm"
      title={says.join("\n") || first}
    >
      <BellOffIcon />
      <span className="truncate">
        {first}
        {says.length > 1 && ` and ${says.length - 1} more`}
      </span>
    </span>
  );
}

interface GroupProps {
  row: Extract<Row, { kind: "group" }>;
  selected: number; // of its alerts
  acts: RowActs;
}

export const GroupRow = memo(function GroupRow({ row, selected, acts }: GroupProps) {
  const { group, level, open } = row;
  const [first] = group.alerts;
  const said = group.labels.filter((label, i) => i === 0 || label.value !== "");
  const name = said.map((label) => label.value || `no ${label.name}`).join(", ");
  return (
    <div className={`group-row row-focus ${indentOf(level)}`} data-level={level}>
      <Tick
        row={row}
        checked={selected === group.alerts.length}
        isPart={selected > 0 && selected < group.alerts.length}
        label={`Select the ${group.alerts.length} alerts of ${name}`}
        acts={acts}
      />
      <button
        type="button"
        data-row=""
        className="group-name"
        aria-expanded={open}
        onClick={() => acts.fold(group, !open)}
      >
        <OpenIcon open={open} />
        <span className="flex min-w-0 flex-wrap gap-x-2">
          {said.map(({ name: label, value }, i) => (
            <span key={label} className={i === 0 ? "font-semibold" : ""}>
              {i > 0 && <span className="text-muted">{label} </span>}
              {value || <span className="text-muted">no {label}</span>}
            </span>
          ))}
        </span>
      </button>
      <span className="group-counts">
        {!open && first && standingOf(first) === "firing" && <Badge {...severityOfPosted(first)} />}
        <Counts group={group} />
      </span>
    </div>
  );
});

const words = {
  firing: "firing",
  acknowledged: "acknowledged",
  suppressed: "suppressed",
  resolved: "over",
};

function Counts({ group }: { group: Group }) {
  const parts = (Object.keys(words) as (keyof typeof words)[])
    .filter((standing) => group.counts[standing] > 0)
    .map((standing) => `${group.counts[standing].toLocaleString("en-US")} ${words[standing]}`);
  return <span>{parts.join(", ")}</span>;
}

interface TickProps {
  row: Row;
  checked: boolean;
  isPart?: boolean;
  label: string;
  acts: RowActs;
}

function Tick({ row, checked, isPart = false, label, acts }: TickProps) {
  return (
    <label className="tick">
      <input
        type="checkbox"
        className="size-4"
        checked={checked}
        ref={(box) => {
          if (box) box.indeterminate = isPart;
        }}
        // The click knows whether shift was held.
        onChange={() => {}}
        onClick={(event) => acts.select(row, event.shiftKey)}
        aria-label={label}
      />
    </label>
  );
}
