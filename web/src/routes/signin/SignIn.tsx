import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ApiError, call, messageOf } from "../../api/client";
import { keys } from "../../api/queries";
import { restartLive } from "../../live/live";
import { ThemeButton } from "../../shell/TopBar";

export function SignIn() {
  const { next } = useSearch({ from: "/signin" });
  const client = useQueryClient();
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const user = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Sign in · Tocsin";
    document.documentElement.dataset.settled = "true";
    user.current?.focus();
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const body = { user: String(form.get("user")), password: String(form.get("password")) };
    setBusy(true);
    setFailure(null);
    try {
      const me = await call("post", "/api/v1/session", { body });
      client.clear();
      client.setQueryData(keys.session, me);
      restartLive();
      router.history.push(next ?? "/");
    } catch (error) {
      const isWrong = error instanceof ApiError && error.status === 401;
      setFailure(isWrong ? "That user and password do not fit." : `${messageOf(error)}.`);
      setBusy(false);
    }
  };

  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="absolute top-2 right-2">
        <ThemeButton />
      </div>
      <form
        onSubmit={(event) => void submit(event)}
        className="panel grid w-full max-w-sm gap-4 p-6"
        aria-labelledby="sign-in-title"
      >
        <div className="flex items-center gap-3">
          <img src="/favicon.svg" alt="" width="36" height="36" />
          <h1 id="sign-in-title" className="text-xl font-semibold">
            Sign in to Tocsin
          </h1>
        </div>
        <label className="grid gap-1">
          <span className="text-sm font-medium">User</span>
          <input
            ref={user}
            className="field"
            name="user"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
          />
        </label>
        <label className="grid gap-1">
          <span className="text-sm font-medium">Password</span>
          <input
            className="field"
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        </label>
        {failure && (
          <p role="alert" data-tone="critical" className="severity-edge pl-3">
            {failure}
          </p>
        )}
        <button type="submit" className="button" data-kind="primary" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
