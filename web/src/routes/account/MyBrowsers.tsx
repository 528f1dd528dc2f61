import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { messageOf } from "../../api/client";
import { type Browser, browsersQuery, hereQuery, pushKeys } from "../../api/push";
import { catalogQuery } from "../../api/queries";
import type { Me } from "../../api/types";
import { removeBrowser, ringHere, type Support, supportOf, surroundings } from "../../push/browser";
import { TimeText } from "../../time/TimeText";
import { announce } from "../../ui/announce";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { SendTest } from "./SendTest";

const cannot: Record<Exclude<Support, "ready">, string> = {
  insecure:
    "This browser notifies only over https. Open Tocsin at its https address, and switch it on there.",
  "needs-home-screen":
    "On an iPhone or iPad: press Share, then “Add to Home Screen”, open Tocsin from there, and come back to this screen.",
  unsupported: "This browser knows no push messages. Take another one, or another way to be rung.",
};

// Web Push: the browsers in which a person is rung, this one among them.
export function MyBrowsers({ me }: { me: Me }) {
  return (
    <Panel title="This browser rings me">
      {me.person ? (
        <Browsers person={me.person} />
      ) : (
        <p>
          Your user is nobody of the catalog, so there is nobody to ring. An administrator can give
          it a person.
        </p>
      )}
    </Panel>
  );
}

function Browsers({ person }: { person: string }) {
  const support = supportOf(surroundings());
  const browsers = useQuery(browsersQuery);
  const here = useQuery({ ...hereQuery, enabled: support === "ready" });
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: removeBrowser,
    // At once: the browser itself answers sooner than the list is read again, and would offer to
    // ring beside its own old line.
    onSuccess: (_, removed) => {
      client.setQueryData(
        browsersQuery.queryKey,
        (known) =>
          known && {
            ...known,
            subscriptions: known.subscriptions.filter(({ id }) => id !== removed),
          },
      );
      announce("The browser is removed");
    },
    onSettled: () => client.invalidateQueries({ queryKey: pushKeys }),
  });
  return (
    <div className="grid gap-4">
      <Fetched query={browsers} what="your browsers">
        {({ subscriptions }) => {
          const own = subscriptions.find(({ id }) => id === here.data);
          return (
            <>
              {support !== "ready" ? (
                <p data-support={support}>{cannot[support]}</p>
              ) : (
                // Nothing is offered before the browser has said whether it is on.
                !here.isPending && <ThisOne isOn={own !== undefined} />
              )}
              {subscriptions.length > 0 && (
                <>
                  <MissingContact person={person} />
                  <SendTest person={person} />
                  <BrowserList
                    browsers={subscriptions}
                    own={own?.id}
                    isBusy={remove.isPending}
                    onRemove={(id) => remove.mutate(id)}
                  />
                </>
              )}
            </>
          );
        }}
      </Fetched>
      {remove.error && <p role="alert">Not removed: {messageOf(remove.error)}.</p>}
    </div>
  );
}

function ThisOne({ isOn }: { isOn: boolean }) {
  const client = useQueryClient();
  const ring = useMutation({
    mutationFn: ringHere,
    onSuccess: () => announce("This browser rings you"),
    onSettled: () => client.invalidateQueries({ queryKey: pushKeys }),
  });
  if (isOn) {
    return (
      <p data-on="">
        <strong>This browser rings you,</strong> also while Tocsin is not open in it, and after you
        have signed out: remove it before you leave it to others.
      </p>
    );
  }
  const isDenied = Notification.permission === "denied";
  return (
    <div className="grid gap-2">
      <p>
        {isDenied
          ? "This browser was told not to notify you. Allow notifications for this address in its settings (the sign beside the address), then press the button again."
          : "Pages come to this browser as notifications with a button to acknowledge, also while Tocsin is not open. It asks you whether it may."}
      </p>
      <div>
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={ring.isPending}
          onClick={() => ring.mutate()}
        >
          {ring.isPending ? "Asking…" : "Ring me in this browser"}
        </button>
      </div>
      {ring.error && (
        <p role="alert" data-tone="critical" className="severity-edge pl-3">
          Not switched on: {messageOf(ring.error)}.
        </p>
      )}
    </div>
  );
}

// Whether pages come here is decided by the catalog; without the contact none does.
function MissingContact({ person }: { person: string }) {
  const people = useQuery(catalogQuery).data?.people;
  const known = people?.find(({ id }) => id === person);
  if (!known || known.channels.includes("push")) return null;
  return (
    <p data-tone="high" className="severity-edge pl-3" data-missing-contact="">
      No page comes yet: your entry in the catalog has no contact <code>push: true</code>.
    </p>
  );
}

interface ListProps {
  browsers: Browser[];
  own: string | undefined;
  isBusy: boolean;
  onRemove: (id: string) => void;
}

function BrowserList({ browsers, own, isBusy, onRemove }: ListProps) {
  return (
    <ul aria-label="My browsers" className="-mx-4 -mb-4">
      {browsers.map((one) => {
        const name = one.name || `A browser of ${one.service}`;
        return (
          <li
            key={one.id}
            data-browser={one.id}
            className="flex flex-wrap items-center justify-between gap-2 border-t border-line px-4 py-2"
          >
            <div className="min-w-0">
              <div className="font-medium">
                {name}
                {one.id === own && " (this one)"}
              </div>
              <div className="text-sm text-muted">
                {one.last_success ? (
                  <>
                    Last message <TimeText at={one.last_success} show="relative" />
                  </>
                ) : (
                  "No message yet"
                )}
                , since <TimeText at={one.created} show="relative" />
              </div>
            </div>
            <button
              type="button"
              className="button"
              disabled={isBusy}
              onClick={() => onRemove(one.id)}
              aria-label={`Remove ${name}${one.id === own ? " (this one)" : ""}`}
            >
              Remove
            </button>
          </li>
        );
      })}
    </ul>
  );
}
