import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type DeadLetter, deadLettersQuery, readDeadAgain, sendAgain } from "../../api/channels";
import { messageOf } from "../../api/client";
import { TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { channelName, channels } from "../../words/channels";
import { usePersonName } from "../../words/people";
import { sentence } from "../../words/posted";
import { Refusal } from "../oncall/parts";

interface Choice {
  channel?: string | undefined;
  sent?: string | undefined;
}

interface Props {
  channel: string | undefined;
  withSent: boolean;
  onChoose: (next: Choice) => void;
}

export function DeadLetters({ channel, withSent, onChoose }: Props) {
  const query = useInfiniteQuery(deadLettersQuery(channel, withSent));
  return (
    <Panel title="What did not arrive" aside="Kept for 30 days" flush>
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-4 pb-3">
        <label className="flex items-center gap-2 whitespace-nowrap">
          Channel
          <select
            className="field w-36"
            value={channel ?? ""}
            onChange={(event) => onChoose({ channel: event.target.value || undefined })}
          >
            <option value="">All</option>
            {/* All, not only those that were used since the server began: letters are older. */}
            {channels.map((one) => (
              <option key={one} value={one}>
                {sentence(channelName(one))}
              </option>
            ))}
          </select>
        </label>
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            className="size-5"
            checked={withSent}
            onChange={(event) => onChoose({ sent: event.target.checked ? "yes" : undefined })}
          />
          Also what was sent again
        </label>
      </div>
      <Fetched query={query} what="what did not arrive">
        {({ pages }) => {
          const letters = pages.flatMap((page) => page.dead_letters);
          return letters.length === 0 ? (
            <p className="px-4 pb-3">
              {channel
                ? `Nothing was given up by ${channelName(channel)}.`
                : "Nothing was given up."}
            </p>
          ) : (
            <ul data-dead-letters="">
              {letters.map((letter) => (
                <Letter key={letter.id} letter={letter} />
              ))}
            </ul>
          );
        }}
      </Fetched>
      {query.hasNextPage && (
        <p className="border-t border-line px-4 py-2.5">
          <button
            type="button"
            className="button"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            Show older ones
          </button>
        </p>
      )}
    </Panel>
  );
}

function Letter({ letter }: { letter: DeadLetter }) {
  const client = useQueryClient();
  const nameOf = usePersonName();
  const retry = useMutation({
    mutationFn: () => sendAgain(letter.id),
    onSuccess: () => announce("It is sent again"),
    onSettled: () => readDeadAgain(client),
  });
  const who = letter.person.startsWith("#") ? letter.person : nameOf(letter.person);
  return (
    <li
      className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line px-4 py-2.5"
      data-letter={letter.id}
    >
      <div className="grid min-w-0 flex-[1_1_14rem] gap-0.5">
        <p className="font-medium break-words">
          {letter.incident ? (
            <Link to="/incidents/$id" params={{ id: letter.incident }} data-row="">
              {letter.title}
            </Link>
          ) : (
            letter.title
          )}
        </p>
        <p className="text-sm break-words">
          {letter.type === "page" ? "Page" : "Notification"} to {who} by{" "}
          {channelName(letter.channel)} ({letter.to}), given up{" "}
          <TimeText at={letter.failed} show="relative" /> after{" "}
          {letter.tries === 1 ? "one try" : `${letter.tries} tries`}
        </p>
        <p className="text-sm break-words text-muted">{letter.why}</p>
        {retry.error && <Refusal>Not sent again: {messageOf(retry.error)}.</Refusal>}
      </div>
      {letter.retried_as || retry.isSuccess ? (
        <Badge tone="info" word="Sent again" outlined />
      ) : (
        <button
          type="button"
          className="button"
          data-row={letter.incident ? undefined : ""}
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
          aria-label={`Send again: ${letter.title} to ${who}`}
        >
          Send again
        </button>
      )}
    </li>
  );
}
