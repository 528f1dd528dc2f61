// The stand-in's alertmanager.yml, as a tree, and the walk of an alert through it.
import { matchesAll } from "./posted.mjs";
import { iso } from "./traffic.mjs";

let made = 0;
function route(receiver, matchers, more = {}, routes = []) {
  return {
    id: `r${made++}`,
    matchers: matchers.map(([name, op, value]) => `${name}${op}"${value}"`),
    parsed: matchers.map(([name, op, value]) => ({ name, op, value })),
    receiver,
    group_by: ["alertname", "service"],
    group_wait_s: 30,
    group_interval_s: 300,
    repeat_interval_s: 14_400,
    continue: false,
    mute_time_intervals: [],
    active_time_intervals: [],
    ...more,
    routes,
  };
}

const root = route("nobody", [], {}, [
  route("pager", [["severity", "=~", "page|critical"]], { continue: true, group_wait_s: 0 }),
  route("payments", [["service", "=~", "checkout|payment"]], {}, [
    route("payments-chat", [["severity", "=", "info"]], {
      active_time_intervals: ["office-hours"],
    }),
  ]),
  route("shop", [["service", "=~", "front|inventory|search"]], { repeat_interval_s: 43_200 }, [
    route("shop-tickets", [["severity", "!=", "page"]], {
      group_by: ["alertname"],
      mute_time_intervals: ["nights", "weekends"],
    }),
  ]),
]);

const integrations = {
  nobody: [],
  pager: [{ kind: "pagerduty", delivered: true }],
  payments: [
    { kind: "slack", delivered: true },
    { kind: "email", delivered: true },
  ],
  "payments-chat": [{ kind: "slack", delivered: true }],
  shop: [{ kind: "email", delivered: true }],
  "shop-tickets": [
    { kind: "webhook", delivered: true },
    { kind: "jira", delivered: false },
  ],
};

const bare = ({ parsed, routes, ...rest }) => ({ ...rest, routes: routes.map(bare) });
export const tree = bare(root);

export function walk(labels, alert, now) {
  const nodes = [];
  const taken = [];
  const visit = (node) => {
    const failed = node.parsed.findIndex((one) => !matchesAll([one], labels));
    if (failed >= 0) {
      nodes.push({ id: node.id, matched: false, failed_matcher: node.matchers[failed] });
      return false;
    }
    nodes.push({ id: node.id, matched: true });
    let deeper = false;
    for (const child of node.routes) {
      if (!visit(child)) continue;
      deeper = true;
      if (!child.continue) break;
    }
    if (!deeper) taken.push(take(node, labels, alert, now));
    return true;
  };
  visit(root);
  return { nodes, taken, suppressed_by: alert?.suppressed_by ?? [] };
}

function take(node, labels, alert, now) {
  const group = Object.fromEntries(node.group_by.map((name) => [name, labels[name] ?? ""]));
  const says = Object.entries(group).map(([name, value]) => `${name}="${value}"`);
  const hidden = alert?.state === "suppressed";
  const asleep = node.mute_time_intervals.length > 0 ? " outside of nights and weekends" : "";
  return {
    id: node.id,
    receiver: node.receiver,
    integrations: integrations[node.receiver],
    group_labels: group,
    group_key: `{}/{${node.matchers.join(",")}}:{${says.join(", ")}}`,
    next_flush: alert ? iso(now + 94_000) : null,
    first_flush_in_s: alert ? null : node.group_wait_s,
    would_send: !hidden && integrations[node.receiver].length > 0,
    why: hidden
      ? "it is suppressed"
      : integrations[node.receiver].length === 0
        ? "the receiver has no integrations"
        : `its group is told${asleep}`,
  };
}
