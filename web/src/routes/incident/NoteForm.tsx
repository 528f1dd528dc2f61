import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type RefObject, useState } from "react";
import { call, messageOf } from "../../api/client";
import { keys } from "../../api/queries";
import type { Incident, IncidentDetail } from "../../api/types";
import { mergeTimeline } from "../../live/apply";
import { announce } from "../../ui/announce";

interface Props {
  incident: Incident;
  field: RefObject<HTMLTextAreaElement | null>;
}

export function NoteForm({ incident, field }: Props) {
  const client = useQueryClient();
  const [text, setText] = useState("");
  const write = useMutation({
    mutationFn: (words: string) =>
      call("post", "/api/v1/incidents/{id}/notes", {
        path: { id: incident.id },
        body: { text: words },
      }),
    onSuccess: (entry) => {
      setText("");
      announce("The note is in the timeline");
      for (const id of [incident.id, String(incident.number)]) {
        client.setQueryData<IncidentDetail>(
          keys.incident(id),
          (old) => old && { ...old, timeline: mergeTimeline(old.timeline, [entry]) },
        );
      }
    },
  });
  const submit = () => {
    const words = text.trim();
    if (words !== "" && !write.isPending) write.mutate(words);
  };
  return (
    <form
      className="grid gap-2 px-4 pb-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label className="grid gap-1">
        <span className="sr-only">Note for the timeline</span>
        <textarea
          ref={field}
          className="field py-1.5"
          rows={2}
          maxLength={4000}
          placeholder="What you saw, did or decided"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
            else if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
      </label>
      <div className="flex items-center gap-3">
        <button type="submit" className="button" disabled={text.trim() === "" || write.isPending}>
          {write.isPending ? "Writing…" : "Add note"}
        </button>
        <span className="text-sm text-muted pointer-coarse:hidden">or Ctrl+Enter</span>
      </div>
      {write.error && (
        <p role="alert" data-tone="critical" className="severity-edge pl-3 text-sm">
          Not written: {messageOf(write.error)}. Your words are kept above.
        </p>
      )}
    </form>
  );
}
