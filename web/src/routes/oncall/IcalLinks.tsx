import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { messageOf } from "../../api/client";
import {
  type AddedIcalLink,
  type IcalLink,
  icalLinksQuery,
  makeIcalLink,
  readOnCallAgain,
  removeIcalLink,
} from "../../api/oncall";
import { announce } from "../../ui/announce";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { usePersonName } from "../../words/people";
import { Refusal } from "./parts";

interface Props {
  schedule: string;
  name: string;
  me: string;
}

// Feeds for a calendar application. The address is a secret and shown once, when it is made.
export function IcalLinks({ schedule, name, me }: Props) {
  const client = useQueryClient();
  const nameOf = usePersonName();
  const query = useQuery(icalLinksQuery);
  const [made, setMade] = useState<AddedIcalLink | null>(null);
  const make = useMutation({
    mutationFn: ({ kind, of }: { kind: IcalLink["kind"]; of: string }) => makeIcalLink(kind, of),
    onSuccess: (link) => {
      setMade(link);
      announce("The link is made; copy it now");
    },
    onSettled: () => readOnCallAgain(client),
  });
  const remove = useMutation({
    mutationFn: removeIcalLink,
    onSuccess: (_, id) => {
      if (made?.id === id) setMade(null);
      announce("The link is removed");
    },
    onSettled: () => readOnCallAgain(client),
  });
  const says = (link: IcalLink) =>
    link.kind === "person" ? `Shifts of ${nameOf(link.name)}` : `The ${link.kind} ${link.name}`;
  const error = make.error ?? remove.error;
  return (
    <Panel title="In your own calendar" flush>
      <div className="flex flex-wrap gap-2 px-4 pb-3">
        <button
          type="button"
          className="button"
          disabled={make.isPending}
          onClick={() => make.mutate({ kind: "schedule", of: schedule })}
        >
          Link to all of {name}
        </button>
        {me !== "" && (
          <button
            type="button"
            className="button"
            disabled={make.isPending}
            onClick={() => make.mutate({ kind: "person", of: me })}
          >
            Link to all my shifts
          </button>
        )}
        {error && <Refusal>Not done: {messageOf(error)}.</Refusal>}
      </div>
      {made && <Made link={made} url={new URL(made.url, location.href).href} />}
      <Fetched query={query} what="the links">
        {({ links }) => (
          <ul>
            {links
              .filter((link) =>
                link.kind === "person"
                  ? link.name === me
                  : link.kind === "schedule" && link.name === schedule,
              )
              .map((link) => (
                <li
                  key={link.id}
                  className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2 text-sm"
                >
                  {says(link)}
                  <button
                    type="button"
                    className="button"
                    disabled={remove.isPending}
                    onClick={() => remove.mutate(link.id)}
                    aria-label={`Remove the link: ${says(link)} (${link.id})`}
                  >
                    Remove
                  </button>
                </li>
              ))}
          </ul>
        )}
      </Fetched>
    </Panel>
  );
}

function Made({ link, url }: { link: IcalLink; url: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="grid gap-2 border-t border-line px-4 py-3" data-made={link.id}>
      <label className="grid gap-1">
        <span className="text-sm font-medium">
          Copy it now: it is not shown again. Who has it can read the shifts.
        </span>
        <input
          className="field font-mono text-sm"
          readOnly
          value={url}
          onFocus={(event) => event.target.select()}
        />
      </label>
      <div>
        <button
          type="button"
          className="button"
          onClick={() => {
            // Without a secure origin there is no clipboard: the field can be copied by hand.
            void navigator.clipboard?.writeText(url).then(() => setCopied(true));
          }}
        >
          {isCopied ? "Copied" : "Copy"}
        </button>
      </div>
    </div>
  );
}
