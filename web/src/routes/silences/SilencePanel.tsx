import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { faultOfMatchers, type Proposal } from "../../alerts/common";
import { matcherText } from "../../alerts/matcher";
import { firstDraft, localZone, type RecurrenceDraft, recurrenceOf } from "../../alerts/recurrence";
import { parseSpan } from "../../alerts/spans";
import { messageOf } from "../../api/client";
import { sessionQuery } from "../../api/queries";
import { addRecurring, addSilence, type PreviewAsked, silencesChanged } from "../../api/silences";
import type { Matcher, PostedAlert } from "../../api/types";
import { clock } from "../../live/clock";
import { useNow } from "../../live/live";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { SpanChoice } from "../../ui/SpanChoice";
import { usePersonName } from "../../words/people";
import { MatcherRows } from "./MatcherRows";
import { Preview } from "./Preview";
import { Recurrence } from "./Recurrence";
import "../../theme/alerts.css";

interface Props {
  proposal: Proposal;
  selected: PostedAlert[]; // what the reader wants to be hidden; may be none
  comment?: string;
  recurrence?: RecurrenceDraft | undefined; // it comes again, as this says
  onDone: () => void;
  onClose: () => void;
}

export interface Draft {
  matchers: Matcher[];
  span: string;
  begins: string; // empty: now; otherwise as a field of type datetime-local has it
  recurrence: RecurrenceDraft;
  isRecurring: boolean;
}

interface Asked {
  asked: PreviewAsked; // for the preview; where it begins now, as of the last change
  fault: string | null;
}

// What the server is asked, and what keeps it from being asked.
function askedOf({ matchers, span, begins, recurrence, isRecurring }: Draft): Asked {
  const texts = matchers.map(matcherText);
  const wrong = faultOfMatchers(matchers);
  if (isRecurring) {
    const made = recurrenceOf(recurrence);
    return typeof made === "string"
      ? { asked: { matchers: texts }, fault: wrong ?? made }
      : { asked: { matchers: texts, recurrence: made }, fault: wrong };
  }
  const begin = begins === "" ? clock.now() : new Date(begins).getTime();
  const ms = parseSpan(span);
  const fault =
    wrong ??
    (ms === null ? "The duration is none: write 90m or 1d12h" : null) ??
    (Number.isNaN(begin) ? "The start is no time" : null);
  const at = (time: number) => new Date(time || 0).toISOString();
  return {
    asked: { matchers: texts, starts_at: at(begin), ends_at: at(begin + (ms ?? 0)) },
    fault,
  };
}

export function SilencePanel({ proposal, selected, comment: said = "", ...props }: Props) {
  const { onDone, onClose } = props;
  const now = useNow();
  const client = useQueryClient();
  const me = useQuery(sessionQuery).data;
  const nameOf = usePersonName();
  const [draft, setDraft] = useState<Draft>(() => ({
    matchers: proposal.common,
    span: "2h",
    begins: "",
    recurrence: props.recurrence ?? firstDraft(localZone()),
    isRecurring: props.recurrence !== undefined,
  }));
  const [typedAuthor, setAuthor] = useState<string | null>(null);
  const author = typedAuthor ?? (me ? nameOf(me.actor) : "");
  const [comment, setComment] = useState(said);
  const [wasTried, setTried] = useState(false);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });

  const { asked, fault } = useMemo(() => askedOf(draft), [draft]);
  const missing =
    fault ??
    (author.trim() === "" ? "Say who silences" : null) ??
    (comment.trim() === "" ? "Say why: a comment tells others whether they may end it" : null);

  const create = useMutation({
    mutationFn: async () => {
      // What begins now begins when the button is pressed, not when the form was changed last.
      const { asked: latest } = askedOf(draft);
      const words = { author: author.trim(), comment: comment.trim() };
      const { recurrence, ...once } = latest;
      if (recurrence) await addRecurring({ matchers: once.matchers, recurrence, ...words });
      else await addSilence({ ...once, ...words });
    },
    onSuccess: () => {
      announce("The silence is made");
      silencesChanged(client);
      onDone();
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
          <fieldset className="flex min-w-0 flex-wrap gap-1.5">
            <legend className="mb-1 text-sm font-medium">How often</legend>
            {[
              { again: false, says: "Once" },
              { again: true, says: "Again and again" },
            ].map(({ again, says }) => (
              <button
                key={says}
                type="button"
                className="pill"
                aria-pressed={draft.isRecurring === again}
                onClick={() => change({ isRecurring: again })}
              >
                {says}
              </button>
            ))}
          </fieldset>
          {draft.isRecurring ? (
            <Recurrence
              draft={draft.recurrence}
              onChange={(recurrence) => change({ recurrence })}
            />
          ) : (
            <>
              <SpanChoice
                value={draft.span}
                now={new Date(draft.begins).getTime() || now}
                onChange={(span) => change({ span })}
              />
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
            </>
          )}
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
        <Preview matchers={draft.matchers} asked={asked} fault={fault} selected={selected} />
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
