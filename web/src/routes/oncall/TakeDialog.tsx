import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { parseSpan } from "../../alerts/spans";
import { messageOf } from "../../api/client";
import { readOnCallAgain, type ScheduleSummary, takePager } from "../../api/oncall";
import { clock } from "../../live/clock";
import { useNow } from "../../live/live";
import { listText, whenText } from "../../oncall/words";
import { ownZone } from "../../oncall/zone";
import { announce } from "../../ui/announce";
import { Dialog } from "../../ui/Dialog";
import { SpanChoice } from "../../ui/SpanChoice";
import { usePersonName } from "../../words/people";
import { Refusal } from "./parts";

interface Props {
  schedules: ScheduleSummary[];
  name: string; // of the schedule that is proposed
  onClose: () => void;
}

// From now on the pager is with whoever asks.
export function TakeDialog({ schedules, name, onClose }: Props) {
  const now = useNow();
  const client = useQueryClient();
  const nameOf = usePersonName();
  const [chosen, choose] = useState(
    schedules.some(({ id }) => id === name) ? name : (schedules[0]?.id ?? ""),
  );
  const [span, setSpan] = useState<string | null>(null); // none: until the hand-off
  const schedule = schedules.find(({ id }) => id === chosen);
  const ms = span === null ? null : parseSpan(span);
  const take = useMutation({
    mutationFn: () =>
      takePager(chosen, ms === null ? null : new Date(clock.now() + ms).toISOString()),
    onSuccess: () => {
      announce("You have the pager");
      onClose();
    },
    onSettled: () => readOnCallAgain(client),
  });
  const isWrong = span !== null && ms === null;
  return (
    <Dialog title="Take the pager" onClose={onClose}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isWrong && !take.isPending) take.mutate();
        }}
      >
        <label className="grid gap-1">
          <span className="text-sm font-medium">Of which schedule</span>
          <select
            className="field"
            data-first=""
            value={chosen}
            onChange={(event) => choose(event.target.value)}
          >
            {schedules.map(({ id, name: says }) => (
              <option key={id} value={id}>
                {says}
              </option>
            ))}
          </select>
        </label>
        {schedule && (
          <p className="text-sm">
            {listText(schedule.on_call.people.map(nameOf))}{" "}
            {schedule.on_call.people.length > 1 ? "have" : "has"} it now, until{" "}
            {whenText(Date.parse(schedule.on_call.end), now, ownZone())}.
          </p>
        )}
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            className="size-4"
            checked={span === null}
            onChange={(event) => setSpan(event.target.checked ? null : "2h")}
          />
          Until the next hand-off
        </label>
        {span !== null && <SpanChoice value={span} now={now} onChange={setSpan} />}
        <div className="flex flex-wrap items-center gap-3">
          <button type="submit" className="button" data-kind="primary" disabled={take.isPending}>
            {take.isPending ? "Taking…" : "I have it"}
          </button>
          {take.error && <Refusal>Not taken: {messageOf(take.error)}.</Refusal>}
        </div>
      </form>
    </Dialog>
  );
}
