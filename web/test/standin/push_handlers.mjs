// The stand-in's answers about browsers that ring people, and the link in a message.
import { createECDH, createHmac } from "node:crypto";
import { failure } from "./handlers.mjs";
import { iso } from "./traffic.mjs";

const key = createECDH("prime256v1").generateKeys("base64url");
const idOf = (endpoint) =>
  createHmac("sha256", "browser").update(endpoint).digest("base64url").slice(0, 22);

const lastOf = ({ pathname }) => decodeURIComponent(pathname.split("/").at(-1));

function remove(world, id, send) {
  if (!world.browsers.has(id))
    return send(404, failure("not_found", `'ada' has no browser '${id}'`));
  world.browsers.delete(id);
  return send(204);
}

export const pushHandlers = {
  readPushKey: (_, { send }) => send(200, { key }),
  listPushSubscriptions: ({ world }, { send }) =>
    send(200, { subscriptions: [...world.browsers.values()] }),
  subscribePush: ({ world }, { input, send }) => {
    const id = idOf(input.endpoint);
    const { host: service } = new URL(input.endpoint);
    const name = input.name ?? "";
    world.browsers.set(id, { id, name, service, created: iso(world.now), last_success: null });
    send(204);
  },
  unsubscribePush: ({ world }, { input, send }) => remove(world, idOf(input.endpoint), send),
  removePushSubscription: ({ world }, { url, send }) => remove(world, lastOf(url), send),
  testPerson: ({ world }, { input, send }) => {
    const delivery = {
      id: `dlv_${world.deliveries.size + 1}`,
      person: input.person,
      channel: "push",
      to: "push",
      state: "pending",
      tries: 0,
    };
    world.deliveries.set(delivery.id, delivery);
    send(202, { deliveries: [delivery] });
  },
  readDelivery: ({ world }, { url, send }) => {
    const id = lastOf(url);
    const delivery = world.deliveries.get(id);
    if (!delivery) return send(404, failure("not_found", `there is no delivery '${id}'`));
    if (world.browsers.size === 0) {
      const detail = "push: ada has subscribed no browser";
      return send(200, { ...delivery, state: "failed", tries: 1, detail });
    }
    for (const browser of world.browsers.values()) browser.last_success = iso(world.now);
    return send(200, { ...delivery, state: "sent", tries: 1 });
  },
};

// /p/TOKEN: any token but "ended" is of the newest incident.
export function answerLink({ world }, request, url, response) {
  if (url.pathname === "/p/ended") return response.writeHead(401).end("this link has ended");
  const incident = world.incidents.at(-1);
  if (request.method === "POST" && incident && !world.isOver(incident)) {
    world.acknowledge(incident, "link:ada");
  }
  if (request.method === "POST" && request.headers.accept === "application/json") {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    return response.end(JSON.stringify(linkAnswer(world, incident)));
  }
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  return response.end("<!doctype html><title>Incident</title><h1>The page behind the link</h1>");
}

function linkAnswer(world, incident) {
  const one = incident && world.incidentNow(incident);
  const who = (one?.who_has_it ?? "").replace(/^(user|link):/, "");
  const told = one && {
    number: one.number,
    title: one.title,
    is_open: !world.isOver(incident),
    is_rung: false,
    who_has_it: who,
    answered_by: who === "" ? [] : [who],
  };
  return { person: "ada", incidents: told ? [told] : [] };
}
