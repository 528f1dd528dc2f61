import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { canSplit, isLive, whyText } from "../../alerts/sources";
import { splitOff } from "../../api/posted";
import type { AlertSource, AlertWithSources } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Confirm } from "../../ui/Confirm";
import { plural } from "../../words/numbers";
import { sentence } from "../../words/posted";

interface Props {
  alert: AlertWithSources;
  here?: string; // the fingerprint of the posted alert whose page this is
}

const fewEnough = 8;

// The posted alerts that an alert is made of, why each was joined, and the way out for one that is
// another problem.
export function Sources({ alert, here }: Props) {
  const [all, setAll] = useState(false);
  const [asking, setAsking] = useState<AlertSource | null>(null);
  const { sources } = alert;
  const shown = all ? sources : sources.slice(0, fewEnough);
  return (
    <>
      <ul data-sources="">
        {shown.map((source) => (
          <SourceRow
            key={source.fingerprint + source.joined_at}
            source={source}
            isHere={source.fingerprint === here}
            onSplit={canSplit(alert, source) ? () => setAsking(source) : undefined}
          />
        ))}
      </ul>
      {sources.length > shown.length && (
        <p className="border-t border-line px-4 py-2">
          <button type="button" className="button" onClick={() => setAll(true)}>
            Show {plural(sources.length - shown.length, "more")}
          </button>
        </p>
      )}
      {asking && <SplitDialog alert={alert} source={asking} onClose={() => setAsking(null)} />}
    </>
  );
}

interface RowProps {
  source: AlertSource;
  isHere: boolean;
  onSplit: (() => void) | undefined;
}

function SourceRow({ source, isHere, onSplit }: RowProps) {
  const { fingerprint, role, is_cause, summary, why, joined_at, left_at, how_left } = source;
  return (
    <li
      className="grid gap-x-4 gap-y-2 border-t border-line px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center"
      data-source={fingerprint}
      data-live={isLive(source)}
    >
      <div className="min-w-0">
        <p>
          <strong>{role === "source" ? "Source" : "Evidence"}</strong>
          {is_cause && ", a cause"}:{" "}
          {isHere ? (
            <>this alert</>
          ) : (
            <Link
              to="/alerts/$fingerprint"
              params={{ fingerprint }}
              data-row=""
              className="underline decoration-line-strong"
            >
              {summary}
            </Link>
          )}
        </p>
        <p className="text-sm break-words text-muted">
          {sentence(whyText(why))} · joined <TimeText at={joined_at} show="absolute" />
          {left_at && (
            <>
              , left <TimeText at={left_at} show="absolute" />
              {how_left && ` (${how_left})`}
            </>
          )}
        </p>
      </div>
      {onSplit && (
        <button
          type="button"
          className="button max-sm:justify-self-start"
          onClick={onSplit}
          aria-label={`Split off: ${summary}`}
        >
          Split off
        </button>
      )}
    </li>
  );
}

interface DialogProps {
  alert: AlertWithSources;
  source: AlertSource;
  onClose: () => void;
}

function SplitDialog({ alert, source, onClose }: DialogProps) {
  const client = useQueryClient();
  const split = useMutation({
    mutationFn: () => splitOff(client, alert.id, source.fingerprint),
    onSuccess: () => {
      announce("It is an alert by itself");
      onClose();
    },
  });
  return (
    <Confirm
      title="Split it off?"
      verb={split.isPending ? "Splitting…" : "Split it off"}
      failed="Not split off"
      error={split.error}
      isPending={split.isPending}
      onConfirm={() => split.mutate()}
      onClose={onClose}
    >
      <p>
        <strong>{source.summary}</strong> leaves <strong>{alert.summary}</strong>.
      </p>
      <p>
        Until it ends it is an alert by itself: if it is fit to page, it opens an incident or joins
        its service’s, and may ring somebody. It cannot be put back by hand.
      </p>
    </Confirm>
  );
}
