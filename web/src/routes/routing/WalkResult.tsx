import type { Suppressor, TakenRoute } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { BellOffIcon } from "../../ui/icons_alerts";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { sentence } from "../../words/posted";
import { useReasonText } from "../../words/reasons";

// Who would be told, when, and why or why not.
export function WalkResult({ taken }: { taken: TakenRoute[] }) {
  return (
    <Panel title="Its way" aside={plural(taken.length, "receiver")} flush>
      <ul>
        {taken.map((one) => (
          <TakenRow key={one.route} taken={one} />
        ))}
      </ul>
    </Panel>
  );
}

function TakenRow({ taken }: { taken: TakenRoute }) {
  const isTold = taken.told_by.some((one) => one.would_tell);
  const mark = isTold
    ? { tone: "ok" as const, word: "WOULD BE TOLD" }
    : { tone: "unknown" as const, word: "NOT TOLD", outlined: true };
  // What will have passed by then is said as it is now.
  const reasons = taken.suppressed_by.length > 0 ? taken.suppressed_by : taken.suppressed_at_flush;
  return (
    <li
      className="grid gap-1 border-t border-line px-4 py-2.5 sm:grid-cols-[10.5rem_minmax(0,1fr)]"
      data-taken={taken.receiver}
    >
      <div>
        <Badge {...mark} />
      </div>
      <div className="grid min-w-0 gap-0.5">
        <p>
          <strong>{taken.receiver}</strong>{" "}
          <span className="text-muted">
            {taken.integrations.length === 0
              ? "has no integration: nobody hears of it"
              : `by ${taken.integrations.map(integrationText).join(", ")}`}
          </span>
        </p>
        {reasons.map((reason) => (
          <Reason key={reason.kind + reason.by} reason={reason} />
        ))}
        {taken.integrations.length > 0 && <When taken={taken} />}
        <ul className="text-sm">
          {taken.told_by.map((one) => (
            <li key={`${one.integration} ${one.index}`}>
              <span className="text-muted">{one.integration}: </span>
              {one.would_tell ? one.why : `no, ${one.why}`}
              {one.is_under_way && ", one is being sent now"}
              {one.last_told && (
                <span className="text-muted">
                  , last told <TimeText at={one.last_told} show="relative" />
                </span>
              )}
            </li>
          ))}
        </ul>
        <GroupLine group={taken.group} />
      </div>
    </li>
  );
}

const integrationText = ({ kind, count, is_delivered }: TakenRoute["integrations"][number]) =>
  `${count > 1 ? `${count} times ` : ""}${kind}${is_delivered ? "" : " (not delivered by Tocsin)"}`;

function Reason({ reason }: { reason: Suppressor }) {
  const reasonText = useReasonText();
  return (
    <p className="flex items-center gap-2 text-sm" data-suppressed="">
      <BellOffIcon /> {reasonText(reason)}
    </p>
  );
}

function When({ taken: { group } }: { taken: TakenRoute }) {
  return (
    <p className="text-sm">
      {group.exists ? "Its group has its next turn " : "A new group, looked at first "}
      <TimeText at={group.next_flush} />
      {group.exists && !group.holds_alert && ", without this alert so far"}.
    </p>
  );
}

function GroupLine({ group }: { group: TakenRoute["group"] }) {
  const labels = Object.entries(group.labels);
  return (
    <p className="text-sm text-muted" title={group.key}>
      {sentence(group.exists ? `the group of ${plural(group.alerts, "alert")}` : "the group")}{" "}
      {labels.length === 0 ? (
        "of all alerts of the route"
      ) : (
        <span className="font-mono">
          {labels.map(([name, value]) => `${name}="${value}"`).join(" ")}
        </span>
      )}
    </p>
  );
}
