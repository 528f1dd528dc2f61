// The stand-in's answers about posted alerts, silences and routes.
import { failure } from "./handlers.mjs";
import { matchesAll, parseMatcher } from "./posted.mjs";
import { receivers, tree, walk } from "./routing.mjs";
import { iso } from "./traffic.mjs";

const spanMs = (text) => {
  const match = /^(\d+)([smhd])$/.exec(text ?? "");
  return match
    ? Number(match[1]) * { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2]]
    : null;
};

function withAlert(standin, { id, send }, run) {
  const { posted } = standin.world;
  const alert = posted.alerts.get(id);
  if (!alert) return send(404, failure("not_found", `no alert has the fingerprint ${id}`));
  return run(posted, alert);
}

// Runs for each alert that is named; those that are over are refused.
function forEach(standin, { input, send }, run) {
  const { posted } = standin.world;
  const marked = [];
  const refused = [];
  for (const fingerprint of input.fingerprints) {
    const alert = posted.alerts.get(fingerprint);
    const why = !alert ? "there is no such alert" : alert.state === "resolved" ? "it is over" : "";
    if (why !== "") {
      refused.push({ fingerprint, code: "failed_precondition", message: why });
    } else {
      marked.push(fingerprint);
      run(posted, alert);
    }
  }
  send(200, { marked, refused });
}

export const postedHandlers = {
  listPostedAlerts: ({ world }, { url, send }) => {
    const { searchParams: query } = url;
    const wanted = query.get("state") ?? "open";
    const words = (query.get("q") ?? "").toLowerCase();
    const matchers = query.getAll("filter").map(parseMatcher);
    const says = ({ labels, annotations }) =>
      Object.values({ ...labels, ...annotations })
        .join("\n")
        .toLowerCase();
    const all = world.posted
      .list()
      .filter(
        (one) =>
          (wanted === "all" || (wanted === "open") === (one.state !== "resolved")) &&
          matchesAll(matchers, one.labels) &&
          (words === "" || says(one).includes(words)),
      );
    const from = Number(query.get("after") ?? 0);
    const limit = Number(query.get("limit") ?? 500);
    const next = from + limit < all.length ? String(from + limit) : null;
    send(200, { alerts: all.slice(from, from + limit), total: all.length, next, seq: world.seq });
  },
  readPostedAlert: (standin, call) =>
    withAlert(standin, call, (posted, alert) =>
      call.send(200, { problem: null, ...posted.now(alert), groups: [], gate: null }),
    ),
  readPostedAlertHistory: (standin, call) => {
    const { posted } = standin.world;
    const forgotten = posted.labelsOf.get(call.id);
    if (forgotten) return call.send(200, posted.history(forgotten));
    return withAlert(standin, call, (_, alert) => call.send(200, posted.history(alert)));
  },
  acknowledgePostedAlerts: (standin, call) =>
    forEach(standin, call, (posted, alert) => {
      alert.acknowledged = { by: "user:ada", at: iso(standin.world.now) };
      posted.note("acknowledged", alert, {}, 0, "user:ada");
    }),
  snoozePostedAlerts: (standin, call) => {
    const ms = spanMs(call.input.for);
    if (!ms) return call.send(400, failure("invalid_argument", "for: say how long, such as 2h"));
    return forEach(standin, call, (posted, alert) => {
      const until = iso(standin.world.now + ms);
      alert.snoozed = { by: "user:ada", at: iso(standin.world.now), until, comment: "" };
      posted.note("snoozed", alert, { until }, 0, "user:ada");
    });
  },
  unacknowledgePostedAlert: (standin, call) =>
    withAlert(standin, call, (posted, alert) => {
      alert.acknowledged = null;
      posted.note("unacknowledged", alert, {}, 0, "user:ada");
      call.send(200, posted.now(alert));
    }),
  unsnoozePostedAlert: (standin, call) =>
    withAlert(standin, call, (posted, alert) => {
      alert.snoozed = null;
      posted.note("unsnoozed", alert, {}, 0, "user:ada");
      call.send(200, posted.now(alert));
    }),
  previewSilence: ({ world }, { input, send }) => {
    try {
      send(200, world.posted.preview(input));
    } catch (error) {
      send(400, failure("invalid_argument", error.message));
    }
  },
  readRoutes: (_, { send }) => send(200, { tree, receivers }),
  walkRoutes: ({ world }, { input, send }) => {
    const alert = world.posted
      .list()
      .find(
        ({ labels }) =>
          Object.keys(input.labels).length === Object.keys(labels).length &&
          Object.entries(labels).every(([name, value]) => input.labels[name] === value),
      );
    send(200, walk(input.labels, alert, world.now));
  },
  changeOwnPassword: (_, { input, send }) => {
    if (input.old_password !== "tocsin") {
      return send(403, failure("permission_denied", "old_password is not the password of today"));
    }
    send(204);
  },
};

// Alertmanager's API, which api/openapi.yaml does not hold. Bodies of refusals are JSON strings.
export function silencesApi({ world }, method, path, input, send) {
  const { posted } = world;
  if (path === "/api/v2/silences" && method === "GET") {
    const all = posted.silences.map((one) => ({ ...one, status: { state: posted.stateOf(one) } }));
    return send(200, all);
  }
  if (path === "/api/v2/silences" && method === "POST") {
    if (!input.comment) return send(400, "invalid silence: comment missing");
    if (!input.createdBy) return send(400, "invalid silence: creator missing");
    const id = `0c1f7a52-0c3f-4a57-9d7e-${String(posted.silences.length).padStart(12, "0")}`;
    posted.silence({ ...input, id });
    return send(200, { silenceID: id });
  }
  const silence = posted.silences.find((one) => path === `/api/v2/silence/${one.id}`);
  if (!silence) return send(404);
  silence.endsAt = iso(world.now);
  world.add("silence.expired", "silence", silence.id, {}, { actor: "user:ada" });
  return send(200);
}
