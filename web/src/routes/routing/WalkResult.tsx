import type { RouteWalk } from "../../api/types";
import { durationText, parseTime } from "../../time/format";
import { TimeText } from "../../time/TimeText";
import { Badge } from "../../ui/Badge";
import { BellOffIcon } from "../../ui/icons_alerts";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import { suppressionText } from "../../words/posted";

type Taken = RouteWalk["taken"][number];

// Who would be told, when, and why not.
export function WalkResult({ walk }: { walk: RouteWalk }) {
  return (
    <Panel title="Its way" aside={plural(walk.taken.length, "receiver")} flush>
      {walk.suppressed_by.length > 0 && (
        <ul className="grid gap-1 border-t border-line px-4 py-2.5" data-suppressed="">
          {walk.suppressed_by.map((one) => (
            <li key={one.kind + one.name} className="flex items-center gap-2">
              <BellOffIcon /> {suppressionText(one)}
            </li>
          ))}
        </ul>
      )}
      <ul>
        {walk.taken.map((one) => (
          <TakenRow key={one.id} taken={one} />
        ))}
      </ul>
    </Panel>
  );
}

function TakenRow({ taken }: { taken: Taken }) {
  const mark = taken.would_send
    ? { tone: "ok" as const, word: "WOULD BE TOLD" }
    : { tone: "unknown" as const, word: "NOT TOLD", outlined: true };
  const labels = Object.entries(taken.group_labels);
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
          {taken.integrations.length > 0 && (
            <span className="text-muted">
              by {taken.integrations.map(integrationText).join(", ")}
            </span>
          )}
        </p>
        <p className="text-sm">
          <When taken={taken} /> <span className="text-muted">{sentence(taken.why)}</span>
        </p>
        <p className="text-sm text-muted" title={taken.group_key}>
          In the group{" "}
          {labels.length === 0 ? (
            "of all alerts of the route"
          ) : (
            <span className="font-mono">
              {labels.map(([name, value]) => `${name}="${value}"`).join(" ")}
            </span>
          )}
        </p>
      </div>
    </li>
  );
}

const integrationText = ({ kind, delivered }: Taken["integrations"][number]) =>
  delivered ? kind : `${kind} (not delivered by Tocsin)`;

function sentence(text: string): string {
  if (text === "") return "";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}

function When({ taken }: { taken: Taken }) {
  if (!taken.would_send) return null;
  if (parseTime(taken.next_flush) !== null) {
    return (
      <>
        Its group is looked at next <TimeText at={taken.next_flush} />.
      </>
    );
  }
  if (typeof taken.first_flush_in_s === "number") {
    return (
      <>
        {taken.first_flush_in_s === 0
          ? "At once."
          : `${durationText(taken.first_flush_in_s * 1000)} after it comes.`}
      </>
    );
  }
  return null;
}
