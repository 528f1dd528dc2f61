import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { matchersOf, parseLine } from "../../alerts/line";
import { fromApi, matcherText } from "../../alerts/matcher";
import { messageOf } from "../../api/client";
import { keys } from "../../api/queries";
import { expireSilence, type Silence, silencesQuery } from "../../api/silences";
import { moveFocus, useKey } from "../../keys/useKeys";
import { postedChanges } from "../../live/changes";
import { TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { plural } from "../../words/numbers";
import type { Mark } from "../../words/severity";
import { SubNav } from "../alerts/SubNav";
import { asLine, SilencePanel } from "./SilencePanel";

type State = Silence["status"]["state"];
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

const haystack = (silence: Silence) =>
  [
    silence.comment,
    silence.createdBy,
    silence.id,
    ...silence.matchers.map((one) => matcherText(fromApi(one))),
  ]
    .join("\n")
    .toLowerCase();

export function Silences() {
  const search = useSearch({ from: "/signed-in/silences" });
  const navigate = useNavigate({ from: "/silences" });
  const query = useQuery(silencesQuery);
  const list = useRef<HTMLDivElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const [again, setAgain] = useState<Silence | null>(null);
  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  useKey("filter", () => filter.current?.focus());
  const openNew = () => void navigate({ search: (old) => ({ ...old, new: "" }) });
  useKey("silence", openNew);

  const text = (search.q ?? "").toLowerCase();
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
            const found = all.filter(
              (one) => one.status.state === state && (text === "" || haystack(one).includes(text)),
            );
            return (
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
          })
        }
      </Fetched>
      {(search.new !== undefined || again) && (
        <SilencePanel
          proposal={{
            common: again ? again.matchers.map(fromApi) : matchersOf(parseLine(search.new ?? "")),
            narrower: [],
          }}
          comment={again?.comment ?? ""}
          selected={[]}
          onDone={close}
          onClose={close}
        />
      )}
    </div>
  );
}

function SilenceRow({ silence, onAgain }: { silence: Silence; onAgain: (one: Silence) => void }) {
  const client = useQueryClient();
  const { state } = silence.status;
  const expire = useMutation({
    mutationFn: () => expireSilence(silence.id),
    onSuccess: () => {
      announce("The silence has ended");
      postedChanges.addAll();
      void client.invalidateQueries({ queryKey: keys.silences });
      void client.invalidateQueries({ queryKey: keys.posted });
    },
  });
  const matchers = silence.matchers.map(fromApi);
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
        <p className="flex flex-wrap gap-x-3 gap-y-1 font-mono text-sm">
          <Link
            to="/alerts"
            search={{ q: asLine(matchers) }}
            data-row=""
            className="text-text underline decoration-line-strong"
            aria-label={`Alerts that fit ${asLine(matchers)}`}
          >
            {matchers.map((one) => (
              <span key={matcherText(one)} className="mr-3 inline-block">
                {matcherText(one)}
              </span>
            ))}
          </Link>
        </p>
        <p className="text-sm text-muted">
          {silence.createdBy} ·{" "}
          {state === "pending" ? (
            <>
              begins <TimeText at={silence.startsAt} />, ends{" "}
              <TimeText at={silence.endsAt} show="absolute" />
            </>
          ) : (
            <>
              {state === "active" ? "ends " : "ended "}
              <TimeText at={silence.endsAt} />
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
