import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, messageOf } from "../../api/client";
import type { Escalation, Incident } from "../../api/types";
import { announce } from "../../ui/announce";
import { isOver } from "../../words/severity";
import { putIncident } from "./acknowledge";

const spans = { "15m": "15 min", "30m": "30 min", "1h": "1 hour", "4h": "4 hours" };

// Ring the next people now, have it for a time, or open a channel for it.
export function EscalationActions({
  escalation,
  incident,
}: {
  escalation: Escalation | null;
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
  const open = useMutation({
    mutationFn: () => call("post", "/api/v1/incidents/{id}/channel", { path }),
    onSuccess: (after) => {
      putIncident(client, after);
      announce("A channel in Slack is on its way");
    },
  });
  if (isOver(incident.state)) return null;
  const isRinging = escalation !== null && escalation.state !== "stopped";
  // One that failed may be asked for again.
  const lacksChannel = !incident.channel || incident.channel.state === "failed";
  if (!isRinging && !lacksChannel) return null;
  const all = [escalate, snooze, open];
  const error = all.find((one) => one.error)?.error;
  const isBusy = all.some((one) => one.isPending);
  const only = (deed: typeof escalate) => {
    for (const one of all) one.reset();
    deed.mutate();
  };
  return (
    <div className="grid gap-2">
      <form
        className="flex flex-wrap items-center gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          only(snooze);
        }}
      >
        {isRinging && (
          <>
            <button
              type="button"
              className="button"
              disabled={isBusy}
              onClick={() => only(escalate)}
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
          </>
        )}
        {lacksChannel && (
          <button type="button" className="button" disabled={isBusy} onClick={() => only(open)}>
            Open a channel
          </button>
        )}
      </form>
      {error && (
        <p role="alert" className="text-sm">
          Not done: {messageOf(error)}
        </p>
      )}
    </div>
  );
}
