// The service worker: it shows what is pushed and carries an answer back. It answers no requests
// and keeps no files, so no page is ever older than the server; a new one takes over at once.
import { browserName } from "./name";
import {
  answered,
  answerPath,
  type LinkAnswer,
  type Notice,
  notAnswered,
  noticeOf,
  type Push,
  readPush,
  targetOf,
} from "./notice";

// Of the worker's scope what is used here: its types and those of the page cannot be loaded at once.
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface PushEvent extends Extendable {
  data: { text(): string } | null;
}
interface ClickEvent extends Extendable {
  action: string;
  notification: { data: Push; close(): void };
}
interface WindowClient {
  url: string;
  focus(): Promise<unknown>;
}
interface Scope {
  addEventListener(kind: "install" | "activate", take: (event: Extendable) => void): void;
  addEventListener(kind: "push", take: (event: PushEvent) => void): void;
  addEventListener(kind: "notificationclick", take: (event: ClickEvent) => void): void;
  addEventListener(kind: "pushsubscriptionchange", take: (event: Extendable) => void): void;
  skipWaiting(): Promise<void>;
  clients: {
    claim(): Promise<void>;
    matchAll(what: { type: "window"; includeUncontrolled: true }): Promise<WindowClient[]>;
    openWindow(path: string): Promise<unknown>;
  };
  registration: ServiceWorkerRegistration;
}

const worker = globalThis as unknown as Scope;
const tries = [0, 1_500, 4_000]; // milliseconds before each: a phone that wakes up has no network yet

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("push", (event) =>
  event.waitUntil(show(noticeOf(readPush(event.data?.text() ?? "")))),
);
worker.addEventListener("notificationclick", (event) => {
  const { action, notification } = event;
  // What comes of an answer takes the notification's place; until then it stays, so that nothing is
  // lost with a worker that the browser ends.
  if (action === "acknowledge") return event.waitUntil(acknowledge(notification.data));
  notification.close();
  event.waitUntil(open(notification.data, action));
});
worker.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(subscribeAgain()));

function show({ title, options }: Notice): Promise<void> {
  return worker.registration.showNotification(title, options);
}

// As the form of the page behind the link does it: without signing in, by the link's own token.
async function acknowledge(push: Push): Promise<void> {
  let status = 0;
  for (const wait of tries) {
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    try {
      const answer = await fetch(answerPath(push), {
        method: "POST",
        headers: { Accept: "application/json" },
        body: new URLSearchParams({ answer: "acknowledge" }),
        credentials: "omit",
        cache: "no-store",
      });
      if (answer.ok) return show(answered(push, (await answer.json()) as LinkAnswer));
      status = answer.status;
      if (status < 500) break;
    } catch {
      status = 0;
    }
  }
  return show(notAnswered(push, status));
}

async function open(push: Push, action: string): Promise<void> {
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const target = targetOf(
    push,
    action,
    windows.map(({ url }) => url),
  );
  if ("focus" in target) await windows[target.focus]?.focus();
  else await worker.clients.openWindow(target.open);
}

// The push service has given this browser another address. Nobody is at the page to do it, but the
// session may still stand.
async function subscribeAgain(): Promise<void> {
  const headers = { Accept: "application/json", "X-Tocsin": "1" };
  const answer = await fetch("/api/v1/push/key", { headers, cache: "no-store" });
  if (!answer.ok) return;
  const { key } = (await answer.json()) as { key: string };
  const fresh = await worker.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  await fetch("/api/v1/push/subscriptions", {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify({ ...fresh.toJSON(), name: browserName(navigator.userAgent) }),
  });
}
