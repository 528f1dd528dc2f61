import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { faultOfMatchers, type Proposal } from "../../alerts/common";
import { matcherText, toApi } from "../../alerts/matcher";
import { parseSpan } from "../../alerts/spans";
import { messageOf } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import { createSilence } from "../../api/silences";
import type { Matcher, PostedAlert } from "../../api/types";
import { postedChanges } from "../../live/changes";
import { clock } from "../../live/clock";
import { useNow } from "../../live/live";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { SpanChoice } from "../../ui/SpanChoice";
import { usePersonName } from "../../words/people";
import { MatcherRows } from "./MatcherRows";
import { Preview } from "./Preview";
import "../../theme/alerts.css";

interface Props {
  proposal: Proposal;
  selected: PostedAlert[]; // what the reader wants to be hidden; may be none
  comment?: string;
  onDone: (id: string) => void;
  onClose: () => void;
}

export interface Draft {
  matchers: Matcher[];
  span: string;
  begins: string; // empty: now; otherwise as a field of type datetime-local has it
}

export function SilencePanel({ proposal, selected, comment: said = "", onDone, onClose }: Props) {
  const now = useNow();
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data;
  const nameOf = usePersonName();
  const [draft, setDraft] = useState<Draft>({ matchers: proposal.common, span: "2h", begins: "" });
  const [author, setAuthor] = useState(me ? nameOf(me.actor) : "");
  const [comment, setComment] = useState(said);
  const [wasTried, setTried] = useState(false);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const begin = useMemo(
    () => (draft.begins === "" ? clock.now() : new Date(draft.begins).getTime()),
    [draft],
  );
  const ms = parseSpan(draft.span);
  const fault =
    faultOfMatchers(draft.matchers) ??
    (ms === null ? "The duration is none: write 90m or 1d12h" : null) ??
    (Number.isNaN(begin) ? "The start is no time" : null);
  const missing =
    fault ??
    (author.trim() === "" ? "Say who silences" : null) ??
    (comment.trim() === "" ? "Say why: a comment tells others whether they may end it" : null);

  const create = useMutation({
    mutationFn: () => {
      const startsAt = draft.begins === "" ? clock.now() : begin;
      return createSilence({
        matchers: draft.matchers.map(toApi),
        startsAt: new Date(startsAt).toISOString(),
        endsAt: new Date(startsAt + (ms ?? 0)).toISOString(),
        createdBy: author.trim(),
        comment: comment.trim(),
      });
    },
    onSuccess: (made) => {
      announce("The silence is made");
      postedChanges.addAll();
      void client.invalidateQueries({ queryKey: keys.silences });
      void client.invalidateQueries({ queryKey: keys.posted });
      onDone(made);
    },
  });
  const submit = () => {
    setTried(true);
    if (missing === null && !create.isPending) create.mutate();
  };

  return (
    <Dialog title="Silence" wide onClose={onClose}>
      <form
        className="grid grid-cols-1 gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
        }}
      >
        <div className="grid min-w-0 content-start gap-4">
          <MatcherRows
            matchers={draft.matchers}
            narrower={proposal.narrower}
            onChange={(matchers) => change({ matchers })}
          />
          <SpanChoice value={draft.span} now={begin || now} onChange={(span) => change({ span })} />
          <label className="flex flex-wrap items-center gap-2 text-sm">
            <span className="font-medium">Begins</span>
            <input
              type="datetime-local"
              className="field w-56"
              value={draft.begins}
              onChange={(event) => change({ begins: event.target.value })}
            />
            <span className="text-muted">{draft.begins === "" && "now, if left empty"}</span>
          </label>
          <label className="grid gap-1">
            <span className="text-sm font-medium">Why</span>
            {/* The matchers are proposed: what is missing is the reason. */}
            <textarea
              data-first=""
              className="field py-1.5"
              rows={2}
              value={comment}
              placeholder="What is being done, and a ticket"
              onChange={(event) => setComment(event.target.value)}
            />
          </label>
          <label className="grid gap-1">
            <span className="text-sm font-medium">Who</span>
            <input
              className="field"
              value={author}
              autoComplete="name"
              onChange={(event) => setAuthor(event.target.value)}
            />
          </label>
        </div>
        <Preview
          matchers={draft.matchers}
          fault={fault}
          begin={begin}
          ms={ms ?? 0}
          selected={selected}
        />
        <div className="flex flex-wrap items-center gap-3 border-t border-line pt-4 lg:col-span-2">
          <button type="submit" className="button" data-kind="primary" disabled={create.isPending}>
            {create.isPending ? "Silencing…" : "Silence"}
          </button>
          <span className="text-sm text-muted pointer-coarse:hidden">or Ctrl+Enter</span>
          {(create.error || (wasTried && missing !== null)) && (
            <p role="alert" data-tone="critical" className="severity-edge pl-2 text-sm">
              {missing ?? `Not silenced: ${messageOf(create.error)}`}.
            </p>
          )}
        </div>
      </form>
    </Dialog>
  );
}

export const asLine = (matchers: readonly Matcher[]) => matchers.map(matcherText).join(" ");
