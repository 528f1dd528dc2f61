import { describe, expect, test } from "vitest";
import { Connection, type ConnectionParts, silenceLimit } from "../../src/live/connection";
import type { FromStream, LinkPhase } from "../../src/live/protocol";

// A server that the test plays, and a clock that it turns.
class Play implements ConnectionParts {
  time = 0;
  urls: string[] = [];
  heard: FromStream[] = [];
  private timers: { at: number; run: () => void }[] = [];
  private answers: (() => Promise<Response>)[] = [];
  private writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  connection = new Connection((message) => this.heard.push(message), this);

  fetch = (url: string, init: RequestInit): Promise<Response> => {
    this.urls.push(url);
    const answer = this.answers.shift();
    if (answer) return answer();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.writer = controller;
        init.signal?.addEventListener("abort", () => {
          try {
            controller.error(new Error("aborted"));
          } catch {}
        });
      },
    });
    return Promise.resolve(new Response(body, { status: 200 }));
  };
  now = () => this.time;
  random = () => 0.5;
  setTimeout = (run: () => void, ms: number) => {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return timer;
  };
  clearTimeout = (timer: unknown) => {
    this.timers = this.timers.filter((one) => one !== timer);
  };

  answerNext(answer: () => Promise<Response>) {
    this.answers.push(answer);
  }
  async write(text: string) {
    await settle();
    this.writer?.enqueue(new TextEncoder().encode(text));
    await settle();
  }
  async end() {
    this.writer?.close();
    await settle();
  }
  async pass(ms: number) {
    const until = this.time + ms;
    for (;;) {
      await settle();
      const next = this.timers.sort((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.timers.shift();
      this.time = next.at;
      next.run();
    }
    this.time = until;
    await settle();
  }
  phases(): LinkPhase[] {
    return this.heard.flatMap((message) => (message.kind === "link" ? [message.link.phase] : []));
  }
}

async function settle() {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await new Promise((done) => setTimeout(done, 0));
}

const hello = 'event: hello\ndata: {"seq":5,"build":"b1"}\n\n';
const entry = (seq: number) =>
  `event: entries\nid: ${seq}\ndata: [{"seq":${seq},"kind":"alert.fired"}]\n\n`;

describe("Connection", () => {
  test("is live with the answer and hands on what it hears", async () => {
    const play = new Play();
    play.connection.start();
    await play.write(hello + entry(6));
    expect(play.phases()).toEqual(["connecting", "live"]);
    expect(play.heard).toContainEqual({ kind: "hello", seq: 5, build: "b1" });
    expect(play.heard.at(-1)).toMatchObject({ kind: "entries", entries: [{ seq: 6 }] });
  });

  test("resumes after the last entry that it heard", async () => {
    const play = new Play();
    play.connection.start();
    await play.write(hello + entry(9));
    await play.end();
    expect(play.phases().at(-1)).toBe("lost");
    await play.pass(1000);
    expect(play.urls).toEqual(["/api/v1/stream", "/api/v1/stream?since=9"]);
  });

  test("waits longer after each failure, up to a limit, and begins anew after a success", async () => {
    const play = new Play();
    const refuse = () => Promise.reject(new TypeError("refused"));
    for (let i = 0; i < 8; i++) play.answerNext(refuse);
    play.connection.start();
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      await settle();
      const last = play.heard.at(-1);
      const wait = last?.kind === "link" && last.link.retryAt ? last.link.retryAt - play.time : 0;
      waits.push(wait);
      await play.pass(wait);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    await play.write(hello);
    await play.end();
    const last = play.heard.at(-1);
    expect(last?.kind === "link" && (last.link.retryAt ?? 0) - play.time).toBe(500);
  });

  test("a line that says nothing for two heartbeats is given up", async () => {
    const play = new Play();
    play.connection.start();
    await play.write(hello);
    await play.pass(silenceLimit - 1);
    expect(play.phases().at(-1)).toBe("live");
    await play.write(": still here\n\n");
    await play.pass(silenceLimit - 1);
    expect(play.phases().at(-1)).toBe("live");
    await play.pass(1);
    expect(play.phases().at(-1)).toBe("lost");
  });

  test("a session that has ended is said and not asked for again until somebody signs in", async () => {
    const play = new Play();
    play.answerNext(() => Promise.resolve(new Response("", { status: 401 })));
    play.connection.start();
    await play.pass(60_000);
    expect(play.phases()).toEqual(["connecting", "signed-out"]);
    expect(play.urls).toHaveLength(1);
    play.connection.restart();
    await play.write(hello);
    expect(play.phases().at(-1)).toBe("live");
  });

  test("a tab that joins later hears the state and the newest position", async () => {
    const play = new Play();
    play.connection.start();
    await play.write(hello + entry(12));
    expect(play.connection.greeting()).toMatchObject([
      { kind: "link", link: { phase: "live" } },
      { kind: "hello", seq: 12, build: "b1" },
    ]);
  });

  test("a stopped connection stays stopped", async () => {
    const play = new Play();
    play.connection.start();
    await play.write(hello);
    play.connection.stop();
    await play.pass(120_000);
    expect(play.urls).toHaveLength(1);
    expect(play.connection.running).toBe(false);
  });
});
