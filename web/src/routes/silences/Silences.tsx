import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { matchersOf, parseLine, readMatchers } from "../../alerts/line";
import { draftOf, type RecurrenceDraft } from "../../alerts/recurrence";
import { messageOf } from "../../api/client";
import { expireSilence, recurringQuery, silencesChanged, silencesQuery } from "../../api/silences";
import type { RecurringSilence, Silence } from "../../api/types";
import { moveFocus, useKey } from "../../keys/useKeys";
import { TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import type { Mark } from "../../words/severity";
import { SubNav } from "../alerts/SubNav";
import { AlertsThatFit } from "./AlertsThatFit";
import { RecurringRow } from "./RecurringRow";
import { SilencePanel } from "./SilencePanel";

type State = Silence["state"];
const sections: { state: State; title: string; none: string }[] = [
  { state: "active", title: "Active", none: "Nothing is silenced." },
  { state: "pending", title: "Pending", none: "None is still to begin." },
  { state: "expired", title: "Expired", none: "None has ended lately." },
];
const marks: Record<State, Mark> = {
  active: { tone: "warning", word: "ACTIVE" },
  pending: { tone: "info", word: "PENDING", outlined: true },
  expired: { tone: "unknown", word: "EXPIRED", outlined: true },
};
const mostShown = 50;

const haystack = ({ comment, author, id, matchers }: Silence | RecurringSilence) =>
  [comment, author, id, ...matchers].join("\n").toLowerCase();

// What the panel is opened with, made from a silence that was there before.
interface Again {
  matchers: string[];
  comment: string;
  recurrence?: RecurrenceDraft;
}

export function Silences() {
  const search = useSearch({ from: "/signed-in/silences" });
  const navigate = useNavigate({ from: "/silences" });
  const query = useQuery(silencesQuery);
  const list = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [again, setAgain] = useState<Again | null>(null);
  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  useKey("filter", () => filter.current?.focus());
  const openNew = () => void navigate({ search: (old) => ({ ...old, new: "" }) });
  useKey("silence", openNew);

  const text = (search.q ?? "").toLowerCase();
  const fits = (one: Silence | RecurringSilence) => text === "" || haystack(one).includes(text);
  const makeLike = (one: RecurringSilence) =>
    setAgain({ matchers: one.matchers, comment: one.comment, recurrence: draftOf(one) });
  const close = () => {
    setAgain(null);
    void navigate({ search: (old) => ({ ...old, new: undefined }) });
  };
  return (
    <div className="grid grid-cols-1 gap-4" ref={list} data-alerts="">
      <div className="flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="mr-auto">
          <SubNav at="Silences" />
        </div>
        <label className="max-sm:w-full">
          <span className="sr-only">Filter by matcher, comment or author</span>
          <input
            ref={filter}
            className="field sm:w-64"
            type="search"
            placeholder="Matcher, comment, author"
            value={search.q ?? ""}
            onChange={(event) => {
              const q = event.target.value;
              void navigate({ search: (old) => ({ ...old, q }), replace: true });
            }}
            onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
          />
        </label>
        <button type="button" className="button" data-kind="primary" onClick={openNew}>
          New silence
        </button>
      </div>
      <Fetched
        query={query}
        what="the silences"
        absent="The server takes no alerts of others: it was given no alertmanager.yml."
      >
        {(all) =>
          sections.map(({ state, title, none }) => {
            const found = all.filter((one) => one.state === state && fits(one));
            const panel = (
              <Panel key={state} title={title} aside={plural(found.length, "silence")} flush>
                {found.length === 0 && (
                  <p className="border-t border-line px-4 py-3 text-muted">{none}</p>
                )}
                <ul>
                  {found.slice(0, mostShown).map((silence) => (
                    <SilenceRow key={silence.id} silence={silence} onAgain={setAgain} />
                  ))}
                </ul>
                {found.length > mostShown && (
                  <p className="border-t border-line px-4 py-3 text-muted">
                    and {plural(found.length - mostShown, "older one")}: the filter finds them
                  </p>
                )}
              </Panel>
            );
            // What is to come stands before what is over.
            return state === "expired"
              ? [<RecurringPanel key="recurring" fits={fits} onAgain={makeLike} />, panel]
              : panel;
          })
        }
      </Fetched>
      {(search.new !== undefined || again) && (
        <SilencePanel
          proposal={{
            common: again ? readMatchers(again.matchers) : matchersOf(parseLine(search.new ?? "")),
            narrower: [],
          }}
          comment={again?.comment ?? ""}
          recurrence={again?.recurrence}
          selected={[]}
          onDone={close}
          onClose={close}
        />
      )}
    </div>
  );
}

interface RecurringProps {
  fits: (silence: RecurringSilence) => boolean;
  onAgain: (silence: RecurringSilence) => void;
}

function RecurringPanel({ fits, onAgain }: RecurringProps) {
  const query = useQuery(recurringQuery);
  const found = query.data?.filter(fits);
  return (
    <Panel title="Again and again" aside={found && plural(found.length, "recurring silence")} flush>
      <Fetched query={query} what="the recurring silences" absent="There are none.">
        {() =>
          found?.length === 0 ? (
            <p className="border-t border-line px-4 py-3 text-muted">
              None comes again. One that hides a nightly backup, say, is made with “New silence”.
            </p>
          ) : (
            <ul>
              {found?.map((silence) => (
                <RecurringRow key={silence.id} silence={silence} onAgain={onAgain} />
              ))}
            </ul>
          )
        }
      </Fetched>
    </Panel>
  );
}

function SilenceRow({ silence, onAgain }: { silence: Silence; onAgain: (one: Again) => void }) {
  const client = useQueryClient();
  const { state } = silence;
  const expire = useMutation({
    mutationFn: () => expireSilence(silence.id),
    onSuccess: () => {
      announce("The silence has ended");
      silencesChanged(client);
    },
  });
  return (
    <li
      className="row-focus grid gap-2 border-t border-line px-4 py-3 sm:grid-cols-[6.5rem_minmax(0,1fr)_auto] sm:items-start sm:gap-x-4"
      data-silence={silence.id}
    >
      <div>
        <Badge {...marks[state]} />
      </div>
      <div className="grid min-w-0 gap-1">
        <p className="font-medium">{silence.comment || "without a comment"}</p>
        <AlertsThatFit matchers={silence.matchers} />
        <p className="text-sm text-muted">
          {silence.author} ·{" "}
          {state === "pending" ? (
            <>
              begins <TimeText at={silence.starts_at} />, ends{" "}
              <TimeText at={silence.ends_at} show="absolute" />
            </>
          ) : (
            <>
              {state === "active" ? "ends " : "ended "}
              <TimeText at={silence.ends_at} />
            </>
          )}
          {silence.recurring && (
            <>
              {" "}
              ·{" "}
              <Link to="/silences" search={{ q: silence.recurring }} className="underline">
                one of a recurring one
              </Link>
            </>
          )}
        </p>
        {expire.error && (
          <p role="alert" className="text-sm">
            Not ended: {messageOf(expire.error)}.
          </p>
        )}
      </div>
      {state === "expired" ? (
        <button type="button" className="button" onClick={() => onAgain(silence)}>
          Silence again
        </button>
      ) : (
        <button
          type="button"
          className="button"
          disabled={expire.isPending}
          onClick={() => expire.mutate()}
          aria-label={`Expire: ${silence.comment}`}
        >
          Expire
        </button>
      )}
    </li>
  );
}
