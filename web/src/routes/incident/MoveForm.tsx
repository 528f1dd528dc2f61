import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call, messageOf } from "../../api/client";
import type { Incident, IncidentState } from "../../api/types";
import { announce } from "../../ui/announce";
import { Panel } from "../../ui/Panel";
import { movesFrom, stateWord } from "../../words/severity";
import { putIncident } from "./acknowledge";

const severityWords = ["1, worst", "2", "3", "4", "5, least"];

export function MoveForm({ incident }: { incident: Incident }) {
  const client = useQueryClient();
  const [state, setState] = useState<IncidentState>(incident.state);
  const [severity, setSeverity] = useState(incident.severity);
  const [note, setNote] = useState("");
  const path = { id: incident.id };
  const move = useMutation({
    mutationFn: async () => {
      let result = incident;
      if (severity !== incident.severity) {
        result = await call("post", "/api/v1/incidents/{id}/severity", {
          path,
          body: { severity },
        });
      }
      if (state !== incident.state) {
        const words = note.trim();
        const body = words === "" ? { state } : { state, note: words };
        result = await call("post", "/api/v1/incidents/{id}/state", { path, body });
      }
      return result;
    },
    onSuccess: (result) => {
      putIncident(client, result);
      announce(`The incident is ${stateWord(result.state)}, severity ${result.severity}`);
    },
  });
  const changed = state !== incident.state || severity !== incident.severity;
  return (
    <Panel title="Move it on">
      <form
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) move.mutate();
        }}
      >
        <label className="grid gap-1">
          <span className="text-sm font-medium">State</span>
          <select
            className="field"
            value={state}
            onChange={(event) => setState(event.target.value as IncidentState)}
          >
            {[incident.state, ...movesFrom(incident.state)].map((name) => (
              <option key={name} value={name}>
                {stateWord(name)}
              </option>
            ))}
          </select>
        </label>
        <label className="grid gap-1">
          <span className="text-sm font-medium">Severity</span>
          <select
            className="field"
            value={severity}
            onChange={(event) => setSeverity(Number(event.target.value))}
          >
            {severityWords.map((word, i) => (
              <option key={word} value={i + 1}>
                SEV-{word}
              </option>
            ))}
          </select>
        </label>
        {state !== incident.state && (
          <label className="grid gap-1">
            <span className="text-sm font-medium">Why (optional)</span>
            <input
              className="field"
              value={note}
              maxLength={4000}
              onChange={(event) => setNote(event.target.value)}
            />
          </label>
        )}
        <button type="submit" className="button" disabled={!changed || move.isPending}>
          {move.isPending ? "Saving…" : "Save"}
        </button>
        {move.error && (
          <p role="alert" data-tone="critical" className="severity-edge pl-3 text-sm">
            Not saved: {messageOf(move.error)}
          </p>
        )}
      </form>
    </Panel>
  );
}
