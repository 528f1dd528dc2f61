import type { Gate as Verdict } from "../../api/types";
import { Shape } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { gateChecks, gateWords } from "../../words/gate";

// Whether the alert is fit to wake somebody, check by check.
export function Gate({ gate }: { gate: Verdict }) {
  const { tone, verdict, why } = gateWords(gate);
  return (
    <Panel
      title="Page gate"
      aside={gate.mode === "enforce" ? "enforced" : "observing, not enforced"}
    >
      <p className="flex items-start gap-2" data-tone={tone} data-gate={gate.decision}>
        <span className="mt-1 w-3.5 flex-none text-(--tone)">
          <Shape tone={tone} />
        </span>
        <span>
          <strong>{verdict}.</strong> {why}
        </span>
      </p>
      <ul className="mt-3 grid gap-1.5 border-t border-line pt-3 text-sm" aria-label="Checks">
        {gateChecks(gate).map(({ reason, passes, text, todo }) => (
          <li
            key={reason}
            className="flex items-start gap-2"
            data-tone={passes ? "ok" : "high"}
            data-passes={passes}
          >
            <span className="mt-0.5 w-3.5 flex-none text-(--tone)">
              <Shape tone={passes ? "ok" : "high"} />
            </span>
            <span className="min-w-0">
              <span className="sr-only">{passes ? "Passes: " : "Fails: "}</span>
              {passes ? <span className="text-muted">{text}</span> : <strong>{text}.</strong>}{" "}
              {todo}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
