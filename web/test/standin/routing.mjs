// The stand-in's alertmanager.yml, as a tree, and the walk of an alert through it.
import { matchesAll } from "./posted.mjs";
import { iso } from "./traffic.mjs";

let made = 0;
function route(receiver, matchers, more = {}, routes = []) {
  return {
    id: `r${made++}`,
    key: "{}",
    matchers: matchers.map(([name, op, value]) => ({
      name,
      op,
      value,
      text: `${name}${op}"${value}"`,
    })),
    receiver,
    group_by: ["alertname", "service"],
    group_wait: "30s",
    group_interval: "5m",
    repeat_interval: "4h",
    mute_time_intervals: [],
    active_time_intervals: [],
    continue: false,
    labels: {},
    ...more,
    routes,
  };
}

export const tree = route("nobody", [], {}, [
  route("pager", [["severity", "=~", "page|critical"]], { continue: true, group_wait: "0s" }),
  route("payments", [["service", "=~", "checkout|payment"]], {}, [
    route("payments-chat", [["severity", "=", "info"]], {
      active_time_intervals: ["office-hours"],
    }),
  ]),
  route("shop", [["service", "=~", "front|inventory|search"]], { repeat_interval: "12h" }, [
    route("shop-tickets", [["severity", "!=", "page"]], {
      group_by: ["alertname"],
      mute_time_intervals: ["nights", "weekends"],
    }),
  ]),
]);

const one = (kind, is_delivered = true) => ({ kind, count: 1, is_delivered });
const integrations = {
  nobody: [],
  pager: [one("pagerduty")],
  payments: [one("slack"), one("email")],
  "payments-chat": [one("slack")],
  shop: [one("email")],
  "shop-tickets": [one("webhook"), one("jira", false)],
};
export const receivers = Object.entries(integrations).map(([name, kinds]) => ({
  name,
  labels: {},
  integrations: kinds,
  is_delivered: kinds.some((kind) => kind.is_delivered),
}));

export function walk(labels, alert, now) {
  const taken = [];
  const visit = (node, stopped_by, isReached) => {
    const failed = node.matchers.find((matcher) => !matchesAll([matcher], labels));
    const fits = isReached && !failed;
    let before = null;
    let deeper = false;
    const routes = node.routes.map((child) => {
      const walked = visit(child, before, fits && before === null);
      if (walked.at === "taken" || walked.at === "passed") {
        deeper = true;
        if (!child.continue) before = child.id;
      }
      return walked;
    });
    if (fits && !deeper) taken.push(take(node, labels, alert, now));
    const at = !isReached ? "not_reached" : failed ? "failed" : deeper ? "passed" : "taken";
    const failed_matcher = at === "failed" ? failed.text : null;
    return { ...node, at, failed_matcher, stopped_by, routes };
  };
  const walked = visit(tree, null, true);
  // Parents come after their children here; a reader wants the tree's order.
  taken.sort((a, b) => Number(a.route.slice(1)) - Number(b.route.slice(1)));
  return {
    labels,
    fingerprint: alert?.fingerprint ?? "0",
    state: alert?.state ?? null,
    tree: walked,
    taken,
  };
}

function take(node, labels, alert, now) {
  const group = Object.fromEntries(node.group_by.map((name) => [name, labels[name] ?? ""]));
  const says = Object.entries(group).map(([name, value]) => `${name}="${value}"`);
  const reasons = alert?.suppressed_by ?? [];
  const wait = alert ? 94_000 : Number.parseInt(node.group_wait, 10) * 1000;
  return {
    route: node.id,
    receiver: node.receiver,
    integrations: integrations[node.receiver],
    group: {
      key: `{}/{${node.matchers.map((matcher) => matcher.text).join(",")}}:{${says.join(", ")}}`,
      hash: "0",
      labels: group,
      exists: alert !== undefined,
      holds_alert: alert !== undefined,
      alerts: alert ? 3 : 0,
      next_flush: iso(now + wait),
    },
    suppressed_by: reasons,
    suppressed_at_flush: reasons,
    told_by: integrations[node.receiver]
      .filter((kind) => kind.is_delivered)
      .map(({ kind }, index) => ({
        integration: kind,
        index,
        is_under_way: false,
        would_tell: reasons.length === 0,
        why: reasons.length > 0 ? "nothing in the group may be told then" : "first notification",
        last_told: null,
      })),
  };
}
