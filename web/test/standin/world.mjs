// A scripted shop: calm, then an outage of checkout, a page, an answer, a recovery. One `step` is
// one look at the clock; everything that happens is an entry of the logbook.
import { catalog, objectives } from "./catalog.mjs";
import { Channels } from "./channels.mjs";
import { OnCall } from "./oncall.mjs";
import { Posted } from "./posted.mjs";
import { iso, seenAfter, Traffic } from "./traffic.mjs";

// Milliseconds of the story, after the fault and after the healing.
export const script = {
  fires: seenAfter,
  pages: 600,
  escalates: 15_000,
  clean: 2500,
  resolves: 3500,
};

export class World extends Traffic {
  constructor(now = Date.now()) {
    super(now);
    this.startedAt = now - 3 * 86_400_000;
    this.entries = [];
    this.incidents = [];
    this.alerts = [];
    this.timers = [];
    this.trouble = [];
    this.sources = [
      { name: "shop", kind: "scrape", state: "up", last_error: null },
      { name: "cluster", kind: "query", state: "up", last_error: null },
    ];
    this.listeners = new Set();
    this.browsers = new Map(); // of ada, by id
    this.deliveries = new Map();
    this.history(now);
    this.posted = new Posted(this);
    this.onCall = new OnCall(this);
    this.channels = new Channels(this);
  }

  postOne() {
    const labels = { instance: `payment-${this.posted.alerts.size}:8080`, dc: "fra" };
    const says = "Payments fail: {v}% at {instance}";
    this.posted.fire({
      name: "PaymentsFail",
      severity: "page",
      service: "payment",
      team: "payments",
      says,
      labels,
    });
  }

  // Yesterday's incident, so that a calm screen has a past.
  history(now) {
    const began = now - 9 * 3_600_000;
    const at = (seconds) => iso(began + seconds * 1000);
    this.incidents.push({
      id: "inc_past1",
      number: 11,
      title: "Search: 4.1% of requests slower than 400 ms",
      state: "resolved",
      severity: 3,
      service: "search",
      team: "shop",
      impact: "Customers wait for search results. 5,310 of 129,400 requests were slow",
      times: {
        impact_started: at(0),
        detected: at(140),
        paged: at(142),
        acknowledged: at(205),
        declared: at(140),
        mitigated: at(1310),
        resolved: at(1910),
      },
      opened_at: at(140),
      updated_at: at(1910),
      who_has_it: "user:grace",
      channel: null,
      ringing: null,
    });
    const past = { incident: "inc_past1" };
    this.add(
      "incident.opened",
      "incident",
      "inc_past1",
      { title: this.incidents[0].title },
      past,
      began + 140_000,
    );
    this.add("page.told", "page", "pag_past1", { person: "grace" }, past, began + 142_000);
    this.add(
      "incident.acknowledged",
      "incident",
      "inc_past1",
      {},
      { ...past, actor: "user:grace" },
      began + 205_000,
    );
    this.add("incident.resolved", "incident", "inc_past1", {}, past, began + 1_910_000);
    this.escalations = {
      inc_past1: {
        state: "acknowledged",
        step: 0,
        round: 0,
        started_at: at(141),
        next_at: null,
        next_person: null,
        acknowledged_at: at(205),
        acknowledged_by: "user:grace",
        pages: [
          {
            id: "pag_past1",
            person: "grace",
            step: 0,
            round: 0,
            state: "answered",
            created_at: at(141),
            first_sent_at: at(142),
          },
        ],
      },
    };
  }

  add(kind, subject_kind, subject_id, data, more = {}, at = this.now) {
    const entry = {
      seq: this.entries.length + 1,
      happened_at: iso(at),
      recorded_at: iso(at),
      actor: more.actor ?? "system:engine",
      kind,
      subject_kind,
      subject_id,
      incident: more.incident ?? null,
      data,
    };
    this.entries.push(entry);
    for (const listener of this.listeners) listener(entry);
    return entry;
  }

  get seq() {
    return this.entries.length;
  }

  after(ms, run) {
    this.timers.push({ at: this.now + ms, run });
  }

  step(now) {
    this.now = now;
    const due = this.timers.filter((timer) => timer.at <= now).sort((a, b) => a.at - b.at);
    this.timers = this.timers.filter((timer) => timer.at > now);
    for (const timer of due) timer.run();
  }

  break() {
    if (this.fault && this.fault.until === null) return;
    this.fault = { objective: "checkout-availability", share: 0.38, from: this.now, until: null };
    this.after(script.fires, () => this.fire());
  }

  fire() {
    const number = Math.max(...this.incidents.map((one) => one.number)) + 1;
    const id = `inc_${number}`;
    const began = iso(this.fault.from);
    const alert = {
      id: `alr_${number}`,
      fingerprint: "9f86d081884c7d65",
      labels: {
        alertname: "ErrorBudgetBurn",
        objective: this.fault.objective,
        tier: "fast",
        service: "checkout",
        severity: "page",
      },
      state: "firing",
      severity: "page",
      service: "checkout",
      team: "payments",
      summary: "Checkout: 38% of requests fail",
      impact: "Customers cannot pay",
      runbook: "https://runbooks.example/checkout",
      links: [{ name: "Errors by route", url: "https://dashboards.example/checkout/errors" }],
      impact_started_at: began,
      started_at: iso(this.now),
      updated_at: iso(this.now),
      ended_at: null,
      incident: id,
    };
    const incident = {
      id,
      number,
      title: "Checkout: 38% of requests fail",
      state: "triage",
      severity: 1,
      service: "checkout",
      team: "payments",
      impact: "Customers cannot pay.",
      times: {
        impact_started: began,
        detected: iso(this.now),
        paged: null,
        acknowledged: null,
        declared: iso(this.now),
        mitigated: null,
        resolved: null,
      },
      opened_at: iso(this.now),
      updated_at: iso(this.now),
      who_has_it: null,
      channel: null,
      ringing: null,
    };
    this.alerts.push(alert);
    this.incidents.push(incident);
    this.add(
      "alert.fired",
      "alert",
      alert.id,
      { summary: alert.summary, tier: "fast" },
      { incident: id },
    );
    this.add(
      "incident.opened",
      "incident",
      id,
      { title: incident.title, severity: 1 },
      { incident: id },
    );
    this.after(script.pages, () => this.page(incident, 0));
  }

  page(incident, step) {
    if (incident.who_has_it || incident.state !== "triage") return;
    const people = catalog.teams[0].members;
    const person = people[step];
    this.escalations[incident.id] ??= {
      state: "ringing",
      step: 0,
      round: 0,
      started_at: iso(this.now),
      next_at: null,
      next_person: null,
      acknowledged_at: null,
      acknowledged_by: null,
      pages: [],
    };
    const escalation = this.escalations[incident.id];
    const next = people[step + 1];
    const pageId = `pag_${incident.number}_${step}`;
    escalation.step = step;
    escalation.next_at = next ? iso(this.now + script.escalates) : null;
    escalation.next_person = next ?? null;
    escalation.ringing = [person];
    escalation.next = next
      ? [
          {
            what: "step",
            at: escalation.next_at,
            people: [{ person: next, via: "via schedule backup" }],
            channels: [],
          },
        ]
      : [];
    escalation.pages.push({
      id: pageId,
      person,
      step,
      round: 0,
      state: "told",
      created_at: iso(this.now),
      first_sent_at: iso(this.now),
    });
    incident.ringing = person;
    incident.times.paged ??= iso(this.now);
    incident.updated_at = iso(this.now);
    const channel = catalog.people.find((one) => one.id === person).channels[0];
    const of = { incident: incident.id };
    if (step === 0)
      this.add("escalation.started", "incident", incident.id, { team: "payments" }, of);
    this.add("page.rung", "page", pageId, { person, step, round: 0 }, of);
    this.add(
      "delivery.sent",
      "page",
      pageId,
      { person, channel },
      { ...of, actor: "system:outbox" },
    );
    this.add("page.told", "page", pageId, { person }, of);
    if (next) this.after(script.escalates, () => this.page(incident, step + 1));
  }

  // The next person now; false: there is nobody.
  escalate(incident) {
    const step = (this.escalations[incident.id]?.step ?? -1) + 1;
    if (step >= catalog.teams[0].members.length) return false;
    incident.who_has_it = null;
    incident.state = "triage";
    this.page(incident, step);
    return true;
  }

  // Slack makes it a moment later.
  openChannel(incident, actor) {
    if (incident.channel) return;
    const of = { incident: incident.id };
    const name = `inc-${incident.number}-${incident.service}`;
    incident.channel = { state: "wanted", name, id: null, url: null, problem: null };
    this.add("incident.channel_wanted", "incident", incident.id, { name }, { ...of, actor });
    this.after(500, () => {
      const opened = { id: "C0INC", url: "https://shop.slack.example/archives/C0INC" };
      incident.channel = { ...incident.channel, ...opened, state: "open" };
      const data = { name, channel: opened.id, url: opened.url };
      this.add("incident.channel_opened", "incident", incident.id, data, of);
    });
  }

  snooze(incident, actor, ms) {
    incident.who_has_it = null;
    this.acknowledge(incident, actor);
    const at = iso(this.now + ms);
    const next = [{ what: "ring_again", at, people: [], channels: [] }];
    Object.assign(this.escalations[incident.id], { is_snoozed: true, next, next_at: at });
  }

  // A slow burn that rings nobody and opens no incident.
  ticket() {
    const alert = {
      id: "alr_ticket1",
      fingerprint: "0b5cd3a1b2d9f1aa",
      labels: {
        alertname: "ErrorBudgetBurn",
        objective: "search-latency",
        tier: "ticket-3d",
        service: "search",
        severity: "ticket",
      },
      state: "firing",
      severity: "ticket",
      service: "search",
      team: "shop",
      summary: "Search: the budget burns slowly",
      impact: "Customers wait for search results",
      runbook: null,
      links: [],
      impact_started_at: iso(this.now - 5 * 3_600_000),
      started_at: iso(this.now - 3 * 3_600_000),
      updated_at: iso(this.now),
      ended_at: null,
      incident: null,
    };
    this.alerts.push(alert);
    this.add("alert.fired", "alert", alert.id, { summary: alert.summary, tier: "ticket-3d" });
  }

  heal() {
    if (!this.fault || this.fault.until !== null) return;
    this.fault.until = this.now;
    this.after(script.clean, () => this.recover());
  }

  recover() {
    for (const alert of this.alerts.filter((one) => one.state === "firing" && one.incident)) {
      alert.evidence = this.evidence(alert);
      alert.state = "resolved";
      alert.ended_at = iso(this.now);
      this.add(
        "alert.resolved",
        "alert",
        alert.id,
        { summary: alert.summary },
        { incident: alert.incident },
      );
    }
    for (const incident of this.open()) {
      const escalation = this.escalations[incident.id];
      if (escalation?.state === "ringing") {
        Object.assign(escalation, { state: "stopped", next_at: null, next_person: null });
        this.add("escalation.paused", "incident", incident.id, {}, { incident: incident.id });
      }
      const data = { from: incident.state, to: "monitoring" };
      Object.assign(incident, { state: "monitoring", ringing: null, updated_at: iso(this.now) });
      incident.times.mitigated = iso(this.fault.until);
      this.add("incident.moved", "incident", incident.id, data, { incident: incident.id });
      this.after(script.resolves, () => {
        Object.assign(incident, { state: "resolved", updated_at: iso(this.now) });
        incident.times.resolved = iso(this.now);
        this.add("incident.resolved", "incident", incident.id, {}, { incident: incident.id });
      });
    }
  }

  isOver({ state }) {
    return ["resolved", "closed", "declined", "merged", "cancelled"].includes(state);
  }
  open() {
    return this.incidents.filter((one) => !this.isOver(one));
  }

  acknowledge(incident, actor) {
    if (incident.who_has_it) return;
    const at = iso(this.now);
    Object.assign(incident, { who_has_it: actor, ringing: null, updated_at: at });
    if (incident.state === "triage") incident.state = "investigating";
    incident.times.acknowledged = at;
    const escalation = this.escalations[incident.id];
    if (escalation) {
      Object.assign(escalation, {
        state: "acknowledged",
        next_at: null,
        next_person: null,
        next: [],
        ringing: [],
        acknowledged_at: at,
        acknowledged_by: actor,
      });
      const last = escalation.pages.at(-1);
      if (last) last.state = "answered";
    }
    this.add(
      "incident.acknowledged",
      "incident",
      incident.id,
      {},
      { incident: incident.id, actor },
    );
  }

  evidence(alert) {
    const spec = objectives.find((one) => one.name === alert.labels.objective);
    return this.tiers(spec, this.objective(spec).budget.left, false)[0].evidence;
  }

  alertNow(alert) {
    const evidence = alert.evidence ?? this.evidence(alert);
    if (!alert.incident) return { ...alert, evidence };
    const failed = `${evidence.failed_since_start.toLocaleString("en-US")} of ${evidence.total_since_start.toLocaleString("en-US")} requests failed`;
    return { ...alert, evidence, impact: `Customers cannot pay. ${failed}` };
  }

  incidentNow(incident) {
    const alert = this.alerts.find((one) => one.incident === incident.id);
    return alert ? { ...incident, impact: this.alertNow(alert).impact } : incident;
  }
}
