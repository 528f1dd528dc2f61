import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../api/client";
import {
  answerSwap,
  readOnCallAgain,
  type ScheduleSummary,
  type Swap,
  swapsQuery,
} from "../../api/oncall";
import { useNow } from "../../live/live";
import { spanText, swapMark } from "../../oncall/words";
import { ownZone } from "../../oncall/zone";
import { announce } from "../../ui/announce";
import { Badge } from "../../ui/Badge";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { Refusal } from "./parts";

interface Props {
  schedules: ScheduleSummary[];
  me: string;
}

const mostRead = 20;

// What others ask for, and what one has asked for oneself, in one's own schedules.
export function SwapRequests({ schedules, me }: Props) {
  const { data = [] } = useQuery(swapsQuery(schedules.slice(0, mostRead).map(({ id }) => id)));
  const open = data
    .filter(
      (swap) => swap.state === "open" && (swap.to === "" || [swap.to, swap.from].includes(me)),
    )
    .sort((a, b) => a.begin.localeCompare(b.begin));
  if (open.length === 0) return null;
  return (
    <Panel title="Swaps that are asked for" flush>
      <ul>
        {open.map((swap) => (
          <SwapRow
            key={swap.id}
            swap={swap}
            me={me}
            place={schedules.find(({ id }) => id === swap.schedule)?.name ?? swap.schedule}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface RowProps {
  swap: Swap;
  me: string;
  place?: string; // the schedule, where it is not clear
  zone?: string; // the reader's, if absent
}

export function SwapRow({ swap, me, place, zone = ownZone() }: RowProps) {
  const now = useNow();
  const client = useQueryClient();
  const nameOf = usePersonName();
  const answer = useMutation({
    mutationFn: (what: "take" | "decline" | "withdraw") => answerSwap(swap.id, what),
    onSuccess: (done) => announce(`The swap is ${done.state}`),
    onSettled: () => readOnCallAgain(client),
  });
  const isMine = swap.from === me;
  const isAsked = !isMine && me !== "" && (swap.to === "" || swap.to === me);
  const span = spanText(Date.parse(swap.begin), Date.parse(swap.end), now, zone);
  const button = (what: "take" | "decline" | "withdraw", says: string, kind?: "primary") => (
    <button
      type="button"
      className="button"
      data-kind={kind}
      disabled={answer.isPending}
      onClick={() => answer.mutate(what)}
      aria-label={`${says}: ${place ?? ""} ${span}`}
    >
      {says}
    </button>
  );
  return (
    <li
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line px-4 py-2.5"
      data-swap={swap.state}
    >
      <div className="min-w-48 flex-1">
        <p>
          <span className="font-medium">
            {isMine ? "You ask" : `${nameOf(swap.from)} asks`}{" "}
            {swap.to === "" ? "anybody" : swap.to === me ? "you" : nameOf(swap.to)}
          </span>{" "}
          to take {place && `${place}, `}
          {span}
        </p>
        {swap.note !== "" && <p className="text-sm text-muted">{swap.note}</p>}
        {answer.error && <Refusal>Not done: {messageOf(answer.error)}.</Refusal>}
      </div>
      {swap.state !== "open" && <Badge {...swapMark(swap.state)} />}
      {swap.state === "open" && isAsked && (
        <div className="flex gap-2">
          {button("take", "Take it", "primary")}
          {swap.to === me && button("decline", "Decline")}
        </div>
      )}
      {swap.state === "open" && isMine && button("withdraw", "Withdraw")}
    </li>
  );
}
