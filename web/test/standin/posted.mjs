// Alerts that others posted to the stand-in's shop, silences and the way through the routes.
import { Problems } from "./problems.mjs";
import { iso } from "./traffic.mjs";

const minute = 60_000;
const hour = 60 * minute;

function matches({ name, op, value }, labels) {
  const text = labels[name] ?? "";
  if (op === "=") return text === value;
  if (op === "!=") return text !== value;
  return new RegExp(`^(?:${value})$`, "u").test(text) === (op === "=~");
}
export const matchesAll = (matchers, labels) => matchers.every((one) => matches(one, labels));

// `job=~"shop.*"`, as the page writes it. Throws where an expression is none.
export function parseMatcher(text) {
  const [, name, op, value] = /^"?([^=!~"]+)"?(=~|!~|!=|=)"((?:[^"\\]|\\.)*)"$/.exec(text) ?? [];
  if (!name) throw new Error(`matchers: '${text}' is no matcher`);
  const matcher = { name, op, value: value.replace(/\\(["\\])/g, "$1") };
  matches(matcher, {});
  return matcher;
}

function fingerprintOf(labels) {
  let hash = 0xcbf29ce484222325n;
  for (const c of JSON.stringify(Object.entries(labels).sort())) {
    hash = ((hash ^ BigInt(c.codePointAt(0))) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, "0");
}

// name, severity, service, team, what users lose, labels of each
const story = [
  [
    "HighErrorRate",
    "page",
    "checkout",
    "payments",
    "Customers cannot pay: {v}% of requests fail at {instance}",
    [
      { instance: "checkout-1:8080", dc: "fra" },
      { instance: "checkout-2:8080", dc: "fra" },
      { instance: "checkout-3:8080", dc: "ams" },
    ],
  ],
  [
    "HighLatency",
    "page",
    "front",
    "shop",
    "The shop opens slowly: p99 is {v}0 ms",
    [{ instance: "front-1:8080", dc: "fra", handler: "/cart" }],
  ],
  [
    "DiskWillFill",
    "warning",
    "inventory",
    "shop",
    "The disk of {instance} is full in {v} hours",
    [
      { instance: "db-1:9100", dc: "fra", mountpoint: "/var/lib/postgresql", device: "nvme0n1" },
      { instance: "db-2:9100", dc: "ams", mountpoint: "/var/lib/postgresql", device: "nvme0n1" },
    ],
  ],
  [
    "TargetDown",
    "warning",
    "search",
    "shop",
    "{instance} does not answer scrapes",
    [
      { instance: "search-4:8080", dc: "fra", job: "search" },
      { instance: "search-5:8080", dc: "fra", job: "search" },
      { instance: "search-6:8080", dc: "ams", job: "search" },
      { instance: "search-7:8080", dc: "ams", job: "search" },
    ],
  ],
  [
    "CertificateExpires",
    "info",
    "front",
    "shop",
    "The certificate of {instance} expires in {v} days",
    [{ instance: "shop.example:443", dc: "fra" }],
  ],
  [
    "BatchJobSlow",
    "none",
    "",
    "",
    "",
    [{ instance: "batch-1:9100", job: "nightly", queue: "mail" }],
  ],
];

export class Posted {
  constructor(world) {
    this.world = world;
    this.alerts = new Map();
    this.silences = [];
    this.recurring = [];
    this.pastOf = new Map();
    this.labelsOf = new Map(); // of those that are forgotten
    for (const [name, severity, service, team, says, all] of story) {
      for (const [i, labels] of all.entries()) {
        this.fire(
          { name, severity, service, team, says, labels },
          (i * 7 + name.length * 3) * minute,
        );
      }
    }
    this.scene();
    this.problems = new Problems(this);
    this.tell();
  }

  named(name) {
    return [...this.alerts.values()].filter((one) => one.labels.alertname === name);
  }

  // Each state once.
  scene() {
    const of = (name) => this.named(name);
    const [, second] = of("HighErrorRate");
    second.acknowledged = { by: "user:grace", at: iso(this.world.now - 4 * minute) };
    this.silence({
      id: "6e9b7a52-0c3f-4a57-9d7e-3f0b7c1d2e01",
      matchers: ['alertname="DiskWillFill"'],
      starts_at: iso(this.world.now - 2 * hour),
      ends_at: iso(this.world.now + 22 * hour),
      author: "Grace",
      comment: "New disks come tomorrow, ticket OPS-214",
    });
    this.silence({
      id: "6e9b7a52-0c3f-4a57-9d7e-3f0b7c1d2e02",
      matchers: ['dc="ams"', 'severity=~"warning|info"'],
      starts_at: iso(this.world.now + 20 * hour),
      ends_at: iso(this.world.now + 24 * hour),
      author: "Alan",
      comment: "Switches in ams are replaced on Saturday night",
    });
    this.silence({
      id: "6e9b7a52-0c3f-4a57-9d7e-3f0b7c1d2e03",
      matchers: ['job="nightly"'],
      starts_at: iso(this.world.now - 9 * hour),
      ends_at: iso(this.world.now - 5 * hour),
      author: "Ada",
      comment: "The nightly job is moved to another host",
      recurring: "rec_standin0",
    });
    this.recurring.push({
      id: "rec_standin0",
      matchers: ['job="nightly"'],
      recurrence: {
        rule: "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        start: "2026-01-05 02:00:00",
        zone: "Europe/Berlin",
        lasts: "4h",
      },
      comment: "The nightly backup slows its disks",
      author: "Alan",
      created_at: iso(this.world.now - 30 * 24 * hour),
    });
    const [, inhibited] = of("TargetDown");
    inhibited.state = "suppressed";
    inhibited.suppressed_by = [{ kind: "inhibition", by: of("HighErrorRate")[0].fingerprint }];
    const [slow] = of("BatchJobSlow");
    slow.state = "resolved";
    slow.ends_at = iso(this.world.now - 12 * minute);
  }

  fire({ name, severity, service, team, says, labels }, ago = 0, isTold = true) {
    const { now } = this.world;
    const all = { alertname: name, ...(severity === "none" ? {} : { severity }), ...labels };
    if (service !== "") all.service = service;
    const fingerprint = fingerprintOf(all);
    const value = 2 + (Number.parseInt(fingerprint.slice(-3), 16) % 40);
    const summary = says
      .replace("{v}", value)
      .replace("{instance}", labels.instance?.split(":")[0]);
    const alert = {
      fingerprint,
      labels: all,
      annotations:
        summary === ""
          ? {}
          : { summary, runbook_url: `https://runbooks.example/${name}`, value: `${value}` },
      starts_at: iso(now - ago),
      ends_at: null,
      updated_at: iso(now - (ago % minute)),
      generator_url: `http://prometheus.example/graph?g0.expr=${name}`,
      state: "firing",
      suppressed_by: [],
      suppressed_since: null,
      receivers: [team === "" ? "nobody" : team, ...(severity === "page" ? ["pager"] : [])],
      service: service || null,
      team: team || null,
      problem: null,
      acknowledged: null,
      snoozed: null,
    };
    this.alerts.set(fingerprint, alert);
    if (isTold) this.note("fired", alert, {}, ago);
    return alert;
  }

  // An entry of the logbook, and of the alert's own history.
  note(what, alert, data = {}, ago = 0, actor = "system:engine") {
    const entry = this.world.add(
      `posted_alert.${what}`,
      "posted_alert",
      alert.fingerprint,
      { alertname: alert.labels.alertname, ...data },
      { actor },
      this.world.now - ago,
    );
    const past = this.pastOf.get(alert.fingerprint) ?? [];
    this.pastOf.set(alert.fingerprint, [...past, entry]);
  }

  // `count` alerts without entries, as after a start.
  many(count) {
    const names = [
      "NodeDown",
      "PodCrashLooping",
      "HighErrorRate",
      "DiskWillFill",
      "QueueGrows",
      "Throttled",
    ];
    const services = ["checkout", "front", "inventory", "payment", "search"];
    const severities = ["page", "warning", "warning", "info", "critical"];
    for (let i = 0; this.alerts.size < count; i++) {
      const service = services[i % 5];
      this.fire(
        {
          name: names[(i * 7) % 6],
          severity: severities[(i * 3) % 5],
          service,
          team: i % 2 ? "shop" : "payments",
          says: "{instance} is in trouble: {v}% of its requests fail",
          labels: {
            instance: `${service}-${i}:8080`,
            pod: `${service}-${(i * 2_654_435_761).toString(36)}`,
            node: `node-${i % 400}`,
            namespace: `shop-${i % 12}`,
            dc: ["fra", "ams", "dub"][i % 3],
            job: `${service}-exporter`,
          },
        },
        (i % 5000) * 1000,
        false,
      );
    }
  }

  resolve(alert) {
    alert.state = "resolved";
    alert.ends_at = iso(this.world.now);
    alert.suppressed_by = [];
    this.note("resolved", alert);
  }

  // Over for long: only its history is kept.
  forget(alert) {
    this.resolve(alert);
    this.alerts.delete(alert.fingerprint);
    this.labelsOf.set(alert.fingerprint, alert);
  }

  // As the server would show it now.
  now(alert) {
    if (alert.state === "resolved") return alert;
    const by = alert.suppressed_by.filter((one) => one.kind === "inhibition");
    for (const silence of this.silences) {
      if (this.stateOf(silence) !== "active") continue;
      if (!matchesAll(silence.matchers.map(parseMatcher), alert.labels)) continue;
      by.push({ kind: "silence", by: silence.id });
    }
    const isAwake = !alert.snoozed || Date.parse(alert.snoozed.until) <= this.world.now;
    const state = by.length > 0 || !isAwake ? "suppressed" : "firing";
    return { ...alert, state, suppressed_by: by, snoozed: isAwake ? null : alert.snoozed };
  }

  list() {
    const order = { firing: 0, suppressed: 1, resolved: 2 };
    return [...this.alerts.values()]
      .map((alert) => this.now(alert))
      .sort((a, b) => order[a.state] - order[b.state]);
  }

  stateOf({ starts_at, ends_at }) {
    if (Date.parse(ends_at) <= this.world.now) return "expired";
    return Date.parse(starts_at) > this.world.now ? "pending" : "active";
  }

  silence({ recurring = null, ...silence }, actor = "user:grace") {
    const { now } = this.world;
    this.silences.push({ ...silence, recurring, updated_at: iso(now) });
    const { id, comment, matchers } = silence;
    const data = { comment, matchers: `{${matchers}}` };
    this.world.add("silence.created", "silence", id, data, { actor });
  }

  silenceNow(silence) {
    return { ...silence, state: this.stateOf(silence) };
  }

  // What receivers were told, as the logbook has it.
  tell() {
    const told = (kind, alerts, data, ago) => {
      const group = `{}/{severity="page"}:{alertname="${alerts[0].labels.alertname}"}`;
      const fingerprints = alerts.map((one) => one.fingerprint);
      const counts = { firing: alerts.length, resolved: 0, alerts: fingerprints };
      const entry = { reason: "first notification", ...counts, ...data };
      const by = { actor: "system:dispatcher" };
      this.world.add(kind, "alert_group", group, entry, by, this.world.now - ago);
    };
    const pager = { receiver: "pager", integration: "pagerduty", index: 0, tries: 1 };
    told(
      "notification.sent",
      this.named("HighErrorRate"),
      { ...pager, answer: "202" },
      50 * minute,
    );
    const answer = "connection refused";
    told("notification.failed", this.named("HighLatency"), { ...pager, answer }, 20 * minute);
  }

  // A search: what fits, the newest first. `seen` entries are looked at, at most.
  search({ q, matchers, kinds, receiver, from, to, after, limit, seen }) {
    const all = this.world.entries.filter((one) =>
      /^(posted_alert|notification|silence)\./.test(one.kind),
    );
    const old = all.filter((one) => after === null || one.seq < after).reverse();
    const events = [];
    let looked = 0;
    for (const { incident, ...entry } of old) {
      if (events.length === limit || looked === seen) break;
      looked += 1;
      const labels = this.labelsNow(entry);
      const isKind =
        kinds.length === 0 || kinds.some((one) => `${entry.kind}.`.startsWith(`${one}.`));
      const fits =
        isKind &&
        (matchers.length === 0 || (labels !== null && matchesAll(matchers, labels))) &&
        (receiver === null || entry.data.receiver === receiver) &&
        (from === null || entry.recorded_at >= from) &&
        (to === null || entry.recorded_at < to) &&
        (q === "" || JSON.stringify([entry.data, labels]).toLowerCase().includes(q));
      const isAlert = entry.subject_kind === "posted_alert";
      if (fits) events.push({ ...entry, labels: isAlert ? labels : null });
    }
    const isWhole = looked === old.length;
    return { events, next: isWhole ? null : old[looked - 1].seq, looked_at: looked };
  }

  labelsNow({ subject_kind, subject_id, data }) {
    const id = subject_kind === "posted_alert" ? subject_id : data.alerts?.[0];
    return (this.alerts.get(id) ?? this.labelsOf.get(id))?.labels ?? null;
  }

  // Newest first: the entries, and who was told.
  history(alert) {
    const past = this.pastOf.get(alert.fingerprint) ?? [];
    const began = Date.parse(alert.starts_at);
    const told = (receiver, integration, wait, more = {}) => ({
      seq: null,
      happened_at: iso(began + wait),
      recorded_at: iso(began + wait),
      actor: "system:dispatcher",
      kind: "notification.sent",
      subject_kind: "posted_alert",
      subject_id: alert.fingerprint,
      labels: null,
      data: {
        notification: `ntf_${wait}`,
        group: "{}:{}",
        receiver,
        integration,
        told_as: "firing",
        reason: "first notification",
        tries: 1,
        maybe_duplicate: false,
        answer: "",
        finished_at: iso(began + wait + 140),
        ...more,
      },
    });
    const events = past.map(({ incident, ...entry }) => ({ ...entry, labels: alert.labels }));
    events.push(told("payments", "slack", 30_000));
    if (alert.receivers.includes("pager")) {
      events.push(told("pager", "pagerduty", 30_400, { tries: 3, answer: "202 Accepted" }));
    }
    events.sort((a, b) => Date.parse(b.happened_at) - Date.parse(a.happened_at));
    return { fingerprint: alert.fingerprint, labels: alert.labels, events, next: null };
  }
}
