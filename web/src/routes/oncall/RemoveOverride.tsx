import { useMutation, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../api/client";
import { type Override, readOnCallAgain, removeOverride } from "../../api/oncall";
import { useNow } from "../../live/live";
import { overrideText, spanText } from "../../oncall/words";
import { announce } from "../../ui/announce";
import { usePersonName } from "../../words/people";
import { Refusal } from "./parts";

interface Props {
  schedule: string;
  override: Override;
  zone: string;
}

export function RemoveOverride({ schedule, override, zone }: Props) {
  const now = useNow();
  const client = useQueryClient();
  const nameOf = usePersonName();
  const remove = useMutation({
    mutationFn: () => removeOverride(schedule, override.id),
    onSuccess: () => announce("The override is removed"),
    onSettled: () => readOnCallAgain(client),
  });
  const span = spanText(Date.parse(override.begin), Date.parse(override.end), now, zone);
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={remove.isPending}
        onClick={() => remove.mutate()}
        aria-label={`Remove the override: ${overrideText(override, nameOf)}, ${span}`}
      >
        Remove the override
      </button>
      {remove.error && <Refusal>Not removed: {messageOf(remove.error)}.</Refusal>}
    </>
  );
}
