// One connection to /api/v1/stream that mends itself: backoff with jitter, resume by sequence
// number, and a watch on silence. It runs in the shared worker, or in the page where there is none.
import type { Entry, ObjectivePulse } from "../api/types";
import type { FromStream, LinkPhase, LinkState } from "./protocol";
import { EventParser, type StreamEvent } from "./sse";

export interface ConnectionParts {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  now: () => number;
  random: () => number;
  setTimeout: (run: () => void, ms: number) => unknown;
  clearTimeout: (timer: unknown) => void;
}

export const browserParts: ConnectionParts = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  random: () => Math.random(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

// The server sends a comment after 15 s of silence; two missed ones mean that the line is dead.
export const silenceLimit = 35_000;
const firstDelay = 500;
const longestDelay = 15_000;

export class Connection {
  private link: LinkState = { phase: "connecting", heardAt: null, retryAt: null };
  private hello: { seq: number; build: string } | null = null;
  private seq: number | null = null;
  private failures = 0;
  private abort: AbortController | null = null;
  private retryTimer: unknown;
  private silenceTimer: unknown;

  constructor(
    private readonly tell: (message: FromStream) => void,
    private readonly parts: ConnectionParts = browserParts,
  ) {}

  get running(): boolean {
    return this.abort !== null || this.link.retryAt !== null;
  }

  start(): void {
    if (!this.running) void this.connect();
  }

  // Tries at once, whatever the backoff says.
  retry(): void {
    if (this.link.phase !== "live") this.reopen();
  }

  restart(): void {
    this.seq = null;
    this.hello = null;
    this.reopen();
  }

  stop(): void {
    this.parts.clearTimeout(this.retryTimer);
    this.parts.clearTimeout(this.silenceTimer);
    this.abort?.abort();
    this.abort = null;
    this.link = { ...this.link, retryAt: null };
  }

  // What a tab that joins now has to know.
  greeting(): FromStream[] {
    const messages: FromStream[] = [{ kind: "link", link: this.link }];
    if (this.hello) {
      messages.push({
        kind: "hello",
        seq: Math.max(this.hello.seq, this.seq ?? 0),
        build: this.hello.build,
      });
    }
    return messages;
  }

  private reopen(): void {
    this.stop();
    this.failures = 0;
    void this.connect();
  }

  private async connect(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    this.set("connecting", { retryAt: null });
    this.watch();
    try {
      const query = this.seq === null ? "" : `?since=${this.seq}`;
      const response = await this.parts.fetch(`/api/v1/stream${query}`, {
        headers: { Accept: "text/event-stream" },
        credentials: "same-origin",
        cache: "no-store",
        signal: abort.signal,
      });
      if (response.status === 401 || response.status === 403) {
        this.stop();
        this.set("signed-out", { retryAt: null });
        return;
      }
      if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`);
      this.heard();
      await this.read(response.body, abort.signal);
      throw new Error("stream ended");
    } catch {
      if (this.abort === abort) this.lose();
    }
  }

  private async read(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const parser = new EventParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      this.heard();
      for (const event of parser.push(decoder.decode(value, { stream: true }))) this.take(event);
    }
  }

  private heard(): void {
    this.link = { ...this.link, heardAt: this.parts.now() };
    this.failures = 0;
    if (this.link.phase === "connecting") this.set("live", { retryAt: null });
    this.watch();
  }

  private take({ event, data, id }: StreamEvent): void {
    const body: unknown = JSON.parse(data);
    if (event === "hello") {
      this.hello = body as { seq: number; build: string };
      this.seq ??= this.hello.seq;
      this.tell({ kind: "hello", ...this.hello });
    } else if (event === "entries") {
      const entries = body as Entry[];
      const last = Number(id) || entries.at(-1)?.seq;
      if (last) this.seq = Math.max(this.seq ?? 0, last);
      this.tell({ kind: "entries", entries });
    } else if (event === "pulse") {
      this.tell({
        kind: "pulse",
        objectives: (body as { objectives: ObjectivePulse[] }).objectives,
      });
    } else if (event === "reset") {
      const seq = (body as { seq?: number } | null)?.seq;
      this.seq = seq ?? Math.max(this.hello?.seq ?? 0, this.seq ?? 0);
      this.tell({ kind: "reset" });
    }
  }

  private watch(): void {
    this.parts.clearTimeout(this.silenceTimer);
    this.silenceTimer = this.parts.setTimeout(() => {
      const abort = this.abort;
      this.lose();
      abort?.abort();
    }, silenceLimit);
  }

  private lose(): void {
    this.parts.clearTimeout(this.silenceTimer);
    this.parts.clearTimeout(this.retryTimer);
    this.abort = null;
    const delay = Math.min(longestDelay, firstDelay * 2 ** this.failures);
    this.failures = Math.min(this.failures + 1, 10);
    const wait = delay * (0.75 + this.parts.random() / 2);
    this.set("lost", { retryAt: this.parts.now() + wait });
    this.retryTimer = this.parts.setTimeout(() => void this.connect(), wait);
  }

  private set(phase: LinkPhase, rest: { retryAt: number | null }): void {
    this.link = { ...this.link, ...rest, phase };
    this.tell({ kind: "link", link: this.link });
  }
}
