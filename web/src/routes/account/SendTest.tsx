import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { messageOf } from "../../api/client";
import { type Delivery, deliveryQuery, pushKeys, sendTest } from "../../api/push";

// A message that says that it is a test, to all browsers of the person, and what became of it.
export function SendTest({ person }: { person: string }) {
  const send = useMutation({ mutationFn: () => sendTest(person) });
  const first = send.data?.deliveries[0];
  return (
    <div className="flex flex-wrap items-center gap-3">
      <button
        type="button"
        className="button"
        disabled={send.isPending}
        onClick={() => send.mutate()}
      >
        Send a test
      </button>
      {send.error && <p role="alert">Not sent: {messageOf(send.error)}.</p>}
      {first && <Outcome key={first.id} first={first} />}
    </div>
  );
}

function Outcome({ first }: { first: Delivery }) {
  const client = useQueryClient();
  const { data = first, error } = useQuery(deliveryQuery(first.id));
  const isSent = data.state === "sent";
  // The list says when a message was taken last.
  useEffect(() => {
    if (isSent) void client.invalidateQueries({ queryKey: [...pushKeys, "browsers"] });
  }, [client, isSent]);
  return (
    <p role="status" data-outcome={data.state}>
      {error ? `What became of it is not known: ${messageOf(error)}.` : says(data)}
    </p>
  );
}

function says({ state, detail, tries }: Delivery): string {
  if (state === "sent") return "On its way: the push service took it.";
  if (state === "failed" || state === "dropped")
    return `It failed: ${detail ?? "no reason given"}.`;
  return tries > 1 ? `Still trying: ${detail ?? "no answer"}.` : "Being sent…";
}
