import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { covered } from "../../alerts/common";
import { standingOf } from "../../alerts/posted";
import { messageOf } from "../../api/client";
import { type PreviewAsked, previewQuery } from "../../api/silences";
import type { Labels, Matcher, PostedAlert, SilencePreview } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { Shape } from "../../ui/Badge";
import { plural } from "../../words/numbers";
import type { Tone } from "../../words/severity";
import { Occurrences } from "./Occurrences";

interface Props {
  matchers: Matcher[];
  asked: PreviewAsked; // the same object as long as nothing is changed
  fault: string | null;
  selected: PostedAlert[];
}

// What the silence would hide now, as the server sees it, while the matchers are still being typed.
export function Preview({ matchers, asked, fault, selected }: Props) {
  const settled = useSettled(asked, 250);
  const query = useQuery({ ...previewQuery(settled), enabled: fault === null });
  return (
    <section
      aria-label="Preview"
      className="grid min-w-0 grid-cols-1 content-start gap-3 rounded-md bg-page p-3"
      data-preview=""
    >
      <h3 className="text-sm font-semibold text-muted">
        What it would hide{asked.recurrence && " if it began now"}
      </h3>
      {fault !== null ? (
        <Says tone="high">{fault}.</Says>
      ) : query.error ? (
        <Says tone="high">No preview: {messageOf(query.error)}.</Says>
      ) : query.data ? (
        <>
          <Hidden preview={query.data} matchers={matchers} selected={selected} />
          {settled.recurrence && (
            <Occurrences at={query.data.occurrences} zone={settled.recurrence.zone ?? "UTC"} />
          )}
        </>
      ) : (
        <p className="text-muted">Looking…</p>
      )}
    </section>
  );
}

function Hidden({
  preview,
  matchers,
  selected,
}: {
  preview: SilencePreview;
  matchers: Matcher[];
  selected: PostedAlert[];
}) {
  const { hidden, hidden_by_name, hidden_alerts, silent_receivers, warnings, fired_before } =
    preview;
  const wanted = selected.filter((alert) => standingOf(alert) !== "resolved");
  const taken = covered(matchers, wanted) ?? 0;
  const others = hidden - taken;
  return (
    <div className="grid grid-cols-1 gap-3" role="status">
      <p className="text-lg">
        <strong>{plural(hidden, "alert")}</strong> now
      </p>
      {wanted.length > 0 && taken < wanted.length && (
        <Says tone="high">
          {taken} of the {wanted.length} that you selected: {wanted.length - taken} would still
          ring.
        </Says>
      )}
      {wanted.length > 0 && taken === wanted.length && (
        <Says tone="ok">
          {wanted.length === 1 ? "The one" : wanted.length === 2 ? "Both" : `All ${wanted.length}`}{" "}
          that you selected
        </Says>
      )}
      {wanted.length > 0 && others > 0 && (
        <Says tone="warning">{plural(others, "other")} that you did not select</Says>
      )}
      {warnings.map((warning) => (
        <Says key={warning.code} tone="warning">
          {warning.text}
        </Says>
      ))}
      {hidden_by_name.length > 1 && (
        <ul className="text-sm">
          {hidden_by_name.slice(0, 8).map(({ alertname, count }) => (
            <li key={alertname} className="flex justify-between gap-3">
              <span className="truncate">{alertname || "without a name"}</span> {count}
            </li>
          ))}
        </ul>
      )}
      <ul className="grid grid-cols-1 gap-1 text-sm">
        {hidden_alerts.slice(0, 5).map((alert) => (
          <li key={alert.fingerprint} className="truncate border-l-2 border-line-strong pl-2">
            {labelsText(alert.labels)}
          </li>
        ))}
        {hidden > 5 && <li className="text-muted">and {plural(hidden - 5, "other")}</li>}
      </ul>
      {silent_receivers.length > 0 && (
        <p className="text-sm">
          <span className="text-muted">Told nothing at all: </span>
          {silent_receivers.join(", ")}
        </p>
      )}
      {fired_before.times > 0 && (
        <p className="text-sm text-muted">
          It would also have hidden {plural(fired_before.times, "firing")} since{" "}
          <TimeText at={fired_before.reaches} show="absolute" />.
        </p>
      )}
    </div>
  );
}

function labelsText({ alertname, ...labels }: Labels): string {
  const telling = Object.entries(labels).filter(([name]) => name !== "severity");
  return [alertname, ...telling.map(([, value]) => value)].filter(Boolean).join(" · ");
}

function Says({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-sm" data-tone={tone}>
      <span className="mt-0.5 w-3.5 flex-none text-(--tone)">
        <Shape tone={tone} />
      </span>
      <span>{children}</span>
    </p>
  );
}

function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
