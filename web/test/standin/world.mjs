// A scripted shop: calm, then an outage of checkout, a page, an answer, a recovery. One `step` is
// one look at the clock; everything that happens is an entry of the logbook.
import { catalog, objectives } from "./catalog.mjs";

const day = 86_400_000;
const period = 30 * day;

// Milliseconds of the story, after the fault and after the healing.
export const script = { fires: 2500, pages: 600, escalates: 15_000, clean: 2500, resolves: 3500 };

// The traffic's daily rhythm: 0.35 at night to 1 by day.
const rhythm = (ms) => 0.675 - 0.325 * Math.cos((2 * Math.PI * (ms % day)) / day);
// A number in [0, 1) that belongs to a moment: charts are the same each time they are asked for.
function noise(seed) {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

export class World {
  constructor(now = Date.now()) {
    this.startedAt = now - 3 * day;
    this.entries = [];
    this.incidents = [];
    this.alerts = [];
    this.fault = null; // {objective, share, from, until}
    this.timers = [];
    this.trouble = [];
    this.silent = new Set(); // objectives without data
    this.sources = [
      { name: "shop", kind: "scrape", state: "up", last_error: null },
      { name: "cluster", kind: "query", state: "up", last_error: null },
    ];
    this.stopped = null; // when data stopped coming at all
    this.listeners = new Set();
    this.now = now;
    this.history(now);
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
    this.add(
      "page.sent",
      "page",
      "pag_past1",
      { person: "grace", channel: "slack" },
      past,
      began + 142_000,
    );
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
    const people = catalog.teams[0].escalation;
    const person = people[step].person;
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
    escalation.next_person = next?.person ?? null;
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
    this.add("page.created", "page", pageId, { person }, { incident: incident.id });
    this.add("page.sent", "page", pageId, { person, channel }, { incident: incident.id });
    if (next) this.after(script.escalates, () => this.page(incident, step + 1));
  }

  heal() {
    if (!this.fault || this.fault.until !== null) return;
    this.fault.until = this.now;
    this.after(script.clean, () => this.recover());
  }

  recover() {
    for (const alert of this.alerts.filter((one) => one.state === "firing")) {
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
      if (escalation?.state === "ringing") escalation.state = "stopped";
      Object.assign(incident, { state: "monitoring", ringing: null, updated_at: iso(this.now) });
      incident.times.mitigated = iso(this.fault.until);
      this.add("incident.monitoring", "incident", incident.id, {}, { incident: incident.id });
      this.after(script.resolves, () => {
        Object.assign(incident, { state: "resolved", updated_at: iso(this.now) });
        incident.times.resolved = iso(this.now);
        this.add("incident.resolved", "incident", incident.id, {}, { incident: incident.id });
      });
    }
  }

  open() {
    return this.incidents.filter(
      (one) => !["resolved", "closed", "declined", "merged", "cancelled"].includes(one.state),
    );
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

  // The share of bad events of an objective at a moment.
  share(objective, ms) {
    const base = objective.bad * (0.6 + 0.8 * noise(Math.floor(ms / 30_000) + objective.rate));
    const fault = this.fault;
    if (!fault || ms < fault.from || (fault.until !== null && ms >= fault.until)) return base;
    if (fault.objective === objective.name) return fault.share;
    return objective.service === "front" ? Math.max(base, fault.share / 12) : base;
  }

  counts(objective, from, to) {
    const middle = (from + to) / 2;
    const wobble = 0.95 + 0.1 * noise(Math.floor(middle / 10_000) * 7 + objective.rate);
    const total = Math.round((objective.rate * rhythm(middle) * wobble * (to - from)) / 1000);
    const fault = this.fault;
    // A slot that the fault fills in part has its part of the bad ones.
    let bad = total * this.share(objective, middle);
    if (fault && from < (fault.until ?? to) && to > fault.from) {
      const inside = Math.min(to, fault.until ?? to) - Math.max(from, fault.from);
      bad =
        total *
        ((inside / (to - from)) * this.share(objective, Math.max(from, fault.from)) +
          objective.bad);
    }
    return { bad: Math.round(Math.min(bad, total)), total };
  }

  window(objective, ms) {
    let bad = 0;
    let total = 0;
    const step = Math.max(10_000, ms / 60);
    for (let at = this.now - ms; at < this.now; at += step) {
      const one = this.counts(objective, at, Math.min(at + step, this.now));
      bad += one.bad;
      total += one.total;
    }
    return { bad, total };
  }

  objective(spec) {
    const silent = this.silent.has(spec.name);
    const budgetShare = 1 - spec.target;
    const five = silent ? { bad: 0, total: 0 } : this.window(spec, 300_000);
    const hour = silent ? { bad: 0, total: 0 } : this.window(spec, 3_600_000);
    const total = Math.round((spec.rate * 0.68 * period) / 1000);
    const allowed = Math.round(total * budgetShare);
    const bad =
      Math.round(allowed * spec.spent) +
      (this.fault && !silent
        ? Math.round(hour.total * Math.max(0, hour.bad / hour.total - spec.bad))
        : 0);
    const left = 1 - bad / allowed;
    const burn = hour.total > 0 ? hour.bad / hour.total / budgetShare : 0;
    const tiers = this.tiers(spec, left, silent);
    const firing = tiers.some((tier) => tier.state === "firing");
    return {
      name: spec.name,
      display_name: spec.display_name,
      service: spec.service,
      signal: spec.name,
      target: spec.target,
      window: "30d rolling",
      budgeting: "occurrences",
      state: silent ? "no_data" : firing ? "burning" : left < 0 ? "exhausted" : "ok",
      error_ratio_5m: { ...five, ratio: five.total > 0 ? five.bad / five.total : null },
      budget: {
        bad,
        total,
        allowed,
        left,
        left_events: allowed - bad,
        burn_now: burn,
        exhausted_in_seconds: burn > 1 && left > 0 ? (left / burn) * (period / 1000) : null,
        period_start: iso(this.now - period),
        period_end: null,
      },
      tiers,
      last_sample_at: iso(silent ? this.now - 47 * 60_000 : (this.stopped ?? this.now) - 1800),
    };
  }

  tiers(spec, left, silent) {
    const burnTier = (name, severity, long, short, threshold) => {
      const inLong = this.window(spec, long * 1000);
      const inShort = this.window(spec, short * 1000);
      const burnOf = ({ bad, total }) => (total > 0 ? bad / total / (1 - spec.target) : 0);
      const [burnLong, burnShort] = [burnOf(inLong), burnOf(inShort)];
      const nearness = Math.min(burnLong, burnShort) / threshold;
      return {
        name,
        severity,
        kind: "burn",
        state: silent ? "no_data" : nearness >= 1 ? "firing" : "clear",
        nearness: silent ? 0 : nearness,
        long_window_seconds: long,
        short_window_seconds: short,
        evidence: this.numbers(spec, inShort, inLong, burnShort, burnLong, threshold, left),
      };
    };
    const fault = this.fault;
    const hit =
      fault &&
      fault.until === null &&
      fault.objective === spec.name &&
      this.now - fault.from >= script.fires;
    const minute = this.window(spec, 60_000);
    const fast = {
      name: "fast",
      severity: "page",
      kind: "fast",
      state: silent ? "no_data" : hit ? "firing" : spec.rate < 5 ? "too_few_events" : "clear",
      nearness: hit ? 2.4 : silent ? 0 : 0.02,
      evidence: this.numbers(spec, minute, minute, hit ? 380 : 0.2, hit ? 380 : 0.2, 14.4, left),
    };
    return [
      fast,
      burnTier("page-1h", "page", 3600, 300, 14.4),
      burnTier("page-6h", "page", 21_600, 1800, 6),
      burnTier("ticket-1d", "ticket", 86_400, 7200, 3),
      burnTier("ticket-3d", "ticket", 259_200, 21_600, 1),
    ];
  }

  numbers(spec, short, long, burnShort, burnLong, threshold, left) {
    const since = this.sinceFault(spec);
    return {
      bad_short: short.bad,
      total_short: short.total,
      bad_long: long.bad,
      total_long: long.total,
      burn_short: burnShort,
      burn_long: burnLong,
      threshold,
      budget_left: left,
      failed_since_start: since.bad,
      total_since_start: since.total,
    };
  }

  sinceFault(spec) {
    const fault = this.fault;
    if (!fault || fault.objective !== spec.name) return { bad: 0, total: 0 };
    return this.counts(spec, fault.from, fault.until ?? this.now);
  }

  evidence(alert) {
    const spec = objectives.find((one) => one.name === alert.labels.objective);
    return this.tiers(spec, this.objective(spec).budget.left, false)[0].evidence;
  }

  alertNow(alert) {
    const evidence = alert.evidence ?? this.evidence(alert);
    const failed = `${evidence.failed_since_start.toLocaleString("en-US")} of ${evidence.total_since_start.toLocaleString("en-US")} requests failed`;
    return { ...alert, evidence, impact: `Customers cannot pay. ${failed}` };
  }

  incidentNow(incident) {
    const alert = this.alerts.find((one) => one.incident === incident.id);
    return alert ? { ...incident, impact: this.alertNow(alert).impact } : incident;
  }

  chart(spec, windowMs) {
    const steps = [10, 20, 60, 600, 1800, 3600];
    const step = steps.find((seconds) => windowMs / 1000 / seconds <= 1440) * 1000;
    const to = Math.floor(this.now / step) * step;
    const from = to - windowMs;
    const chart = {
      from: iso(from),
      to: iso(to),
      step_seconds: step / 1000,
      at: [],
      bad: [],
      total: [],
    };
    const gapAt = from + windowMs * 0.22;
    for (let at = from; at < to; at += step) {
      const gone = (at >= gapAt && at < gapAt + windowMs * 0.012) || this.silent.has(spec.name);
      const { bad, total } = this.counts(spec, at, at + step);
      chart.at.push(at / 1000);
      chart.bad.push(gone ? null : bad);
      chart.total.push(gone ? null : total);
    }
    return chart;
  }
}

export const iso = (ms) => new Date(ms).toISOString();
