// The tab's end of the stream: through the shared worker, or by a connection of its own where the
// browser has no shared workers.
import { Connection } from "./connection";
import type { FromStream, ToStream } from "./protocol";
import workerUrl from "./stream.worker.ts?worker&url";

export interface Stream {
  send(message: ToStream): void;
}

interface ScriptUrlPolicy {
  createScriptURL(url: string): URL;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
}

// The one place where a URL becomes code. The content security policy names this policy alone.
function workerScript(): string | URL {
  const factory = (globalThis as unknown as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (!factory) return workerUrl;
  const policy = factory.createPolicy("app-worker", {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError(`not the stream's worker: ${url}`);
      return url;
    },
  });
  return policy.createScriptURL(workerUrl);
}

export function openStream(take: (message: FromStream) => void): Stream {
  const stream = typeof SharedWorker === "function" ? shared(take) : own(take);
  window.addEventListener("pagehide", () => stream.send({ kind: "leave" }));
  // A page that comes back out of the back-forward cache left the stream when it went there.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stream.send({ kind: "join" });
  });
  return stream;
}

function shared(take: (message: FromStream) => void): Stream {
  const worker = new SharedWorker(workerScript(), { type: "module", name: "tocsin-stream" });
  worker.port.onmessage = (event: MessageEvent<FromStream>) => take(event.data);
  return { send: (message) => worker.port.postMessage(message) };
}

function own(take: (message: FromStream) => void): Stream {
  const connection = new Connection(take);
  return {
    send: ({ kind }) => {
      if (kind === "leave") connection.stop();
      else if (kind === "restart") connection.restart();
      else if (kind === "retry") connection.retry();
      else {
        connection.start();
        for (const message of connection.greeting()) take(message);
      }
    },
  };
}
