import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ApiError, call, messageOf } from "../../api/client";
import { keys, sessionQuery } from "../../api/queries";
import type { Me } from "../../api/types";
import { Fetched } from "../../ui/Fetched";
import { Panel } from "../../ui/Panel";
import { actorText } from "../../words/actors";
import { usePersonName } from "../../words/people";
import { MyBrowsers } from "./MyBrowsers";

export function Account() {
  const query = useQuery(sessionQuery);
  return (
    <div className="mx-auto grid w-full max-w-xl gap-4">
      <h1 className="text-2xl font-semibold">Account</h1>
      <Fetched query={query} what="who you are">
        {(me) =>
          me && (
            <>
              <WhoYouAre me={me} />
              <MyBrowsers me={me} />
              <PasswordForm user={actorText(me.actor)} />
            </>
          )
        }
      </Fetched>
    </div>
  );
}

function WhoYouAre({ me }: { me: Me }) {
  const client = useQueryClient();
  const router = useRouter();
  const nameOf = usePersonName();
  const leave = useMutation({
    mutationFn: () => call("delete", "/api/v1/session", {}),
    onSuccess: async () => {
      client.clear();
      client.setQueryData(keys.session, null);
      await router.invalidate();
    },
  });
  const user = actorText(me.actor);
  return (
    <Panel title={me.person ? nameOf(me.person) : user}>
      <p>
        You are signed in as <strong>{user}</strong>,{" "}
        {me.role === "admin" ? "an admin" : "a responder"}
        {me.person ? "." : ", and nobody of the catalog: nobody rings you."}
      </p>
      <button
        type="button"
        className="button mt-3"
        disabled={leave.isPending}
        onClick={() => leave.mutate()}
      >
        Sign out
      </button>
      {leave.error && <p role="alert">Not signed out: {messageOf(leave.error)}.</p>}
    </Panel>
  );
}

const shortest = 10;

function PasswordForm({ user }: { user: string }) {
  const [wrong, setWrong] = useState<string | null>(null);
  const change = useMutation({
    mutationFn: (body: { old_password: string; new_password: string }) =>
      call("post", "/api/v1/me/password", { body }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const field = (name: string) => String(new FormData(form).get(name));
    const fresh = field("new");
    change.reset();
    if ([...fresh].length < shortest) {
      return setWrong(`The new one has ${[...fresh].length} characters; it needs ${shortest}.`);
    }
    if (fresh !== field("again")) return setWrong("The new one was not typed the same twice.");
    setWrong(null);
    const body = { old_password: field("old"), new_password: fresh };
    change.mutate(body, { onSuccess: () => form.reset() });
  };
  const said = wrong ?? (change.error ? refusal(change.error) : null);
  return (
    <Panel title="Change the password">
      <form className="grid gap-3" onSubmit={submit}>
        {/* For password managers, which ask whose password it is. */}
        <input type="text" name="user" value={user} autoComplete="username" readOnly hidden />
        <Field label="The password of today" name="old" complete="current-password" />
        <Field
          label={`The new one, ${shortest} characters or more`}
          name="new"
          complete="new-password"
        />
        <Field label="The new one again" name="again" complete="new-password" />
        <p className="text-sm text-muted">Your sessions on other devices end.</p>
        {said && (
          <p role="alert" data-tone="critical" className="severity-edge pl-3">
            {said}
          </p>
        )}
        {change.isSuccess && (
          <p role="status">The password is changed; other sessions have ended.</p>
        )}
        <button
          type="submit"
          className="button justify-self-start"
          data-kind="primary"
          disabled={change.isPending}
        >
          {change.isPending ? "Changing…" : "Change it"}
        </button>
      </form>
    </Panel>
  );
}

function refusal(error: Error): string {
  if (error instanceof ApiError && error.status === 403) {
    return "The password of today is not right.";
  }
  return `Not changed: ${messageOf(error)}.`;
}

function Field({ label, name, complete }: { label: string; name: string; complete: string }) {
  return (
    <label className="grid gap-1">
      <span className="text-sm font-medium">{label}</span>
      <input className="field" type="password" name={name} autoComplete={complete} required />
    </label>
  );
}
