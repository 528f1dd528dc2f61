// The stand-in's answers about posted alerts, silences and routes.
import { failure } from "./handlers.mjs";
import { matchesAll, parseMatcher } from "./posted.mjs";
import { problemHandlers } from "./problems.mjs";
import { receivers, tree, walk } from "./routing.mjs";
import { silenceHandlers, spanMs } from "./silences.mjs";
import { iso } from "./traffic.mjs";

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
      call.send(200, {
        problem: null,
        ...posted.now(alert),
        groups: [],
        gate: posted.problems.gates.get(alert.fingerprint) ?? null,
      }),
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
  ...problemHandlers,
  ...silenceHandlers,
  searchAlertHistory: ({ world }, { url: { searchParams: query }, send }) => {
    try {
      const after = query.get("after");
      const found = world.posted.search({
        q: (query.get("q") ?? "").toLowerCase(),
        matchers: query.getAll("matcher").map(parseMatcher),
        kinds: query.getAll("kind"),
        receiver: query.get("receiver"),
        from: query.get("from"),
        to: query.get("to"),
        after: after === null ? null : Number(after),
        // Short pages, so that there are some.
        limit: 8,
        seen: 12,
      });
      send(200, found);
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
