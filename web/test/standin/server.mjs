// The stand-in for the real server: the built page, answers in the shape of api/openapi.yaml (each
// checked against it before it is sent) and a live stream. For developing and for the journeys.
import { createServer } from "node:http";
import { buildId, compress, digest, readAssets } from "../../scripts/assets.mjs";
import { objectives } from "./catalog.mjs";
import { channelHandlers } from "./channels.mjs";
import { check, checkAnswer, checkRequest, operationOf, schemaNamed } from "./contract.mjs";
import { failure, handlers } from "./handlers.mjs";
import { securityHeaders } from "./headers.mjs";
import { onCallHandlers } from "./oncall_handlers.mjs";
import { postedHandlers } from "./posted_handlers.mjs";
import { answerLink, pushHandlers } from "./push_handlers.mjs";
import { World } from "./world.mjs";

const heartbeat = 15_000;
const allHandlers = {
  ...handlers,
  ...postedHandlers,
  ...onCallHandlers,
  ...pushHandlers,
  ...channelHandlers,
};

export class StandIn {
  constructor({ dist, log = () => {} }) {
    this.log = log;
    this.world = new World();
    this.assets = new Map();
    this.build = "dev";
    if (dist) {
      const assets = readAssets(dist);
      this.build = buildId(assets);
      for (const asset of assets) this.assets.set(asset.path, asset);
    }
    this.sessions = new Set();
    this.streams = new Set();
    this.deaf = false; // journeys: refuse streams and requests, as a server that is down
    this.faults = []; // where the stand-in itself broke the contract
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async listen(port = 0, host = "127.0.0.1") {
    await new Promise((done) => this.server.listen(port, host, done));
    this.ticker = setInterval(() => this.tick(), 100);
    return `http://${host}:${this.server.address().port}`;
  }

  async close() {
    clearInterval(this.ticker);
    for (const stream of this.streams) stream.response.destroy();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  reset() {
    const { listeners } = this.world;
    this.world = new World();
    this.world.listeners = listeners;
    this.deaf = false;
    for (const stream of this.streams) stream.response.destroy();
    this.streams.clear();
  }

  // Entries at most twice a second, pulses every two seconds, a comment after 15 s of silence.
  tick() {
    const now = Date.now();
    this.world.step(now);
    for (const stream of this.streams) {
      let text = "";
      if (this.world.seq > stream.seq && now - stream.entriesAt >= 500) {
        const entries = this.world.entries.slice(stream.seq);
        for (const entry of entries) this.hold(check(schemaNamed("Entry"), entry, "entry"));
        stream.seq = this.world.seq;
        stream.entriesAt = now;
        text += `event: entries\nid: ${stream.seq}\ndata: ${JSON.stringify(entries)}\n\n`;
      }
      if (now - stream.pulseAt >= 2000) {
        stream.pulseAt = now;
        text += `event: pulse\ndata: ${JSON.stringify({ objectives: this.pulses() })}\n\n`;
      }
      if (text === "" && now - stream.sentAt >= heartbeat) text = ": still here\n\n";
      if (text === "") continue;
      stream.sentAt = now;
      stream.response.write(text);
    }
  }

  pulses() {
    return objectives
      .filter((spec) => !this.world.silent.has(spec.name))
      .map((spec) => {
        const { name, state, budget, error_ratio_5m: five } = this.world.objective(spec);
        const pulse = {
          name,
          state,
          budget_left: budget.left,
          budget_too_early: budget.too_early,
          burn_now: budget.burn_now,
          bad_5m: five.bad,
          total_5m: five.total,
        };
        this.hold(check(schemaNamed("ObjectivePulse"), pulse, "pulse"));
        return pulse;
      });
  }

  hold(faults) {
    if (faults.length === 0) return;
    this.faults.push(...faults);
    this.log(faults.join("\n"));
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://standin");
    for (const [name, value] of securityHeaders) response.setHeader(name, value);
    try {
      const body = await bodyOf(request);
      if (url.pathname.startsWith("/standin/")) return this.control(url, response);
      if (this.deaf) return request.socket.destroy();
      if (url.pathname.startsWith("/api/")) return this.api(request, url, body, response);
      if (url.pathname.startsWith("/p/")) return answerLink(this, request, url, response);
      return this.file(request, url, response);
    } catch (error) {
      this.log(error.stack);
      this.json(request, url, response, 500, failure("internal", error.message));
    }
  }

  // What journeys turn: POST /standin/break, heal, ticket, reset, silence, trouble, deaf, hear, build;
  // many (10,000 posted alerts), flood (more than the page loads), post (one more), recover (the
  // first of them is over), forget (and only its history is kept).
  control(url, response) {
    const verb = url.pathname.slice("/standin/".length);
    const acts = {
      break: () => this.world.break(),
      heal: () => this.world.heal(),
      reset: () => this.reset(),
      ticket: () => this.world.ticket(),
      silence: () => this.world.silent.add("inventory-sync"),
      trouble: () =>
        this.world.trouble.push(
          "mail: the server smtp.example:587 refuses our password; check notify.mail.password",
          "nothing is sent to 2 contacts of the catalog at loopback or private addresses: ada by pager (10.1.2.3:9190), channel ops of policy payments (localhost); use public addresses, or set notify.allow_private_webhooks: true in tocsin.yaml and restart",
        ),
      build: () => {
        this.build = "another";
        for (const stream of this.streams) stream.response.destroy();
      },
      deaf: () => {
        this.deaf = true;
        for (const stream of this.streams) stream.response.destroy();
      },
      hear: () => {
        this.deaf = false;
      },
      many: () => this.world.posted.many(10_000),
      flood: () => this.world.posted.many(20_600),
      forget: () => this.world.posted.forget([...this.world.posted.alerts.values()][0]),
      post: () => this.world.postOne(),
      recover: () => this.world.posted.resolve([...this.world.posted.alerts.values()][0]),
      streams: () => {},
      faults: () => {},
    };
    if (!acts[verb]) return response.writeHead(404).end();
    acts[verb]();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ streams: this.streams.size, faults: this.faults }));
  }

  session(request) {
    const match = /(?:^|;\s*)tocsin_session=([^;]+)/.exec(request.headers.cookie ?? "");
    if (match && this.sessions.has(match[1])) return match[1];
    return null;
  }

  api(request, url, body, response) {
    const send = (status, answer) => this.json(request, url, response, status, answer);
    const path = decodeURI(url.pathname);
    const { method } = request;
    const route = operationOf(method, path);
    if (!route) return send(404, failure("not_found", `nothing is at ${path}`));
    const session = this.session(request);
    const isOpen = route.operation.security?.length === 0;
    if (!isOpen && !session) return send(401, failure("unauthenticated", "sign in first"));
    if (session && method !== "GET" && request.headers["x-tocsin"] !== "1") {
      return send(
        403,
        failure("permission_denied", "a write with a cookie needs the header X-Tocsin: 1"),
      );
    }
    const isJson = (request.headers["content-type"] ?? "").startsWith("application/json");
    const input = body === "" ? undefined : isJson ? JSON.parse(body) : body;
    const wrong = isJson ? checkRequest(method, path, input) : [];
    if (wrong.length > 0) return send(400, failure("invalid_argument", wrong[0]));
    const id = decodeURIComponent(path.split("/")[4] ?? "");
    const { operationId } = route.operation;
    const handler = allHandlers[operationId];
    if (!handler) return send(501, failure("unimplemented", `the stand-in has no ${path}`));
    return handler(this, { id, input, url, request, response, send, session });
  }

  json(request, url, response, status, answer) {
    if (
      answer !== undefined &&
      url.pathname.startsWith("/api/") &&
      operationOf(request.method, url.pathname)
    ) {
      this.hold(checkAnswer(request.method, url.pathname, status, answer));
    }
    response.writeHead(
      status,
      answer === undefined
        ? {}
        : { "content-type": "application/json", "cache-control": "no-store" },
    );
    response.end(answer === undefined ? undefined : JSON.stringify(answer));
  }

  // As src/server/assets.cc does it.
  file(request, url, response) {
    const theme = /(?:^|;\s*)tocsin_theme=(light|dark)/.exec(request.headers.cookie ?? "")?.[1];
    const wantsHtml = (request.headers.accept ?? "").includes("text/html");
    let asset = this.assets.get(url.pathname);
    if (!asset && !url.pathname.startsWith("/assets/") && wantsHtml)
      asset = this.assets.get("/index.html");
    if (asset?.path === "/index.html" && theme) asset = this.assets.get(`/index.${theme}.html`);
    if (!asset) return response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    asset.variants ??= compress(asset.bytes);
    const offered = request.headers["accept-encoding"] ?? "";
    const coding = ["br", "gzip"].find((name) => offered.includes(name));
    const etag = `"${digest(asset.bytes).slice(0, 16)}-${coding ?? "id"}"`;
    response.setHeader("etag", etag);
    response.setHeader("vary", "Accept-Encoding, Cookie");
    response.setHeader(
      "cache-control",
      asset.immutable ? "public, max-age=31536000, immutable" : "no-cache",
    );
    if (request.headers["if-none-match"] === etag) return response.writeHead(304).end();
    response.setHeader("content-type", asset.type);
    if (coding) response.setHeader("content-encoding", coding);
    response.end(coding ? asset.variants[coding] : asset.bytes);
  }

  stream({ request, response, url }) {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const { seq } = this.world;
    const since = Number(request.headers["last-event-id"] ?? url.searchParams.get("since") ?? seq);
    response.write(`event: hello\ndata: ${JSON.stringify({ seq, build: this.build })}\n\n`);
    if (since > seq) response.write(`event: reset\ndata: ${JSON.stringify({ seq })}\n\n`);
    const stream = {
      response,
      seq: Math.min(since, seq),
      entriesAt: 0,
      pulseAt: 0,
      sentAt: Date.now(),
    };
    this.streams.add(stream);
    response.on("close", () => this.streams.delete(stream));
  }
}

async function bodyOf(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}
