import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, messageOf } from "../../api/client";
import type { Escalation, Incident } from "../../api/types";
import { announce } from "../../ui/announce";
import { isOver } from "../../words/severity";
import { putIncident } from "./acknowledge";

const spans = { "15m": "15 min", "30m": "30 min", "1h": "1 hour", "4h": "4 hours" };

// Ring the next people now, or have it for a time.
export function EscalationActions({
  escalation,
  incident,
}: {
  escalation: Escalation;
  incident: Incident;
}) {
  const client = useQueryClient();
  const [span, setSpan] = useState<keyof typeof spans>("30m");
  const path = { id: incident.id };
  const escalate = useMutation({
    mutationFn: () => call("post", "/api/v1/incidents/{id}/escalate", { path }),
    onSuccess: (after) => {
      putIncident(client, after);
      announce("The next people are rung");
    },
  });
  const snooze = useMutation({
    mutationFn: () => call("post", "/api/v1/incidents/{id}/snooze", { path, body: { for: span } }),
    onSuccess: (after) => {
      putIncident(client, after);
      announce(`You have it for ${spans[span]}`);
    },
  });
  if (isOver(incident.state) || escalation.state === "stopped") return null;
  const error = escalate.error ?? snooze.error;
  const isBusy = escalate.isPending || snooze.isPending;
  return (
    <div className="grid gap-2">
      <form
        className="flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          escalate.reset();
          snooze.mutate();
        }}
      >
        <button
          type="button"
          className="button"
          disabled={isBusy}
          onClick={() => {
            snooze.reset();
            escalate.mutate();
          }}
        >
          Ring the next now
        </button>
        <label className="contents">
          <span className="sr-only">How long I have it</span>
          <select
            className="field w-auto"
            value={span}
            onChange={(event) => setSpan(event.target.value as keyof typeof spans)}
          >
            {Object.entries(spans).map(([value, word]) => (
              <option key={value} value={value}>
                {word}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" className="button" disabled={isBusy}>
          Snooze
        </button>
      </form>
      {error && (
        <p role="alert" className="text-sm">
          Not done: {messageOf(error)}
        </p>
      )}
    </div>
  );
}
