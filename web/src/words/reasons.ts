// What is behind a suppression: the server names a silence by its id and an alert by its
// fingerprint; a reader wants the comment and the name.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { PostedList } from "../api/posted";
import { keys } from "../api/queries";
import { silencesQuery } from "../api/silences";
import type { PostedAlert, Suppressor } from "../api/types";
import { usePersonName } from "./people";
import { type ReasonText, suppressionWord } from "./posted";

const indexes = new WeakMap<PostedAlert[], Map<string, PostedAlert>>();

function indexOf(alerts: PostedAlert[]): Map<string, PostedAlert> {
  let index = indexes.get(alerts);
  if (!index) {
    index = new Map(alerts.map((alert) => [alert.fingerprint, alert]));
    indexes.set(alerts, index);
  }
  return index;
}

// The words after the kind; empty when there is nothing to say.
export function useReasonDetail(): ReasonText {
  const { data: silences } = useQuery(silencesQuery);
  const client = useQueryClient();
  const nameOf = usePersonName();
  return ({ kind, by }: Suppressor) => {
    if (kind === "silence") {
      const silence = silences?.find((one) => one.id === by);
      return silence ? `${silence.author}: ${silence.comment}` : by.slice(0, 8);
    }
    if (kind === "inhibition") {
      const lists = client.getQueriesData<PostedList>({ queryKey: [...keys.posted, "list"] });
      const known = lists.map(([, list]) => list && indexOf(list.alerts).get(by)).find(Boolean);
      return `by ${known?.labels.alertname ?? by}`;
    }
    return kind === "snooze" ? nameOf(by) : by;
  };
}

export function useReasonText(): ReasonText {
  const detailOf = useReasonDetail();
  return (reason) => {
    const detail = detailOf(reason);
    return detail === ""
      ? suppressionWord(reason.kind)
      : `${suppressionWord(reason.kind)}: ${detail}`;
  };
}
