// What the stand-in's posted alerts are made into: alerts of many sources, and the gate's verdicts.
import { failure } from "./handlers.mjs";
import { iso } from "./traffic.mjs";

const minute = 60_000;
const noEvidence = {
  bad_short: 0,
  total_short: 0,
  bad_long: 0,
  total_long: 0,
  burn_short: 0,
  burn_long: 0,
  threshold: 0,
  budget_left: null,
  failed_since_start: 0,
  total_since_start: 0,
};

export class Problems {
  constructor(posted) {
    this.posted = posted;
    this.alerts = new Map();
    this.gates = new Map(); // by fingerprint
    const of = (name) => posted.named(name);
    const errors = of("HighErrorRate");
    const about = 'same service{service="checkout"}';
    this.open("alr_posted1", errors[0], `it is the first of ${about}`);
    for (const one of errors.slice(1)) {
      this.join("alr_posted1", one, `it fires at the same time and shares ${about}`);
    }
    // What came to nothing, and what only stands beside.
    const gone = of("BatchJobSlow")[0];
    this.join("alr_posted1", gone, `it fires at the same time and shares ${about}`, {
      left_at: iso(posted.world.now - 12 * minute),
      how_left: "it is over",
    });
    const cause = of("TargetDown")[0];
    const why = "objective checkout-availability of checkout burns, which depends on search";
    this.join("alr_posted1", cause, why, { role: "evidence", is_cause: true });
    const [slow] = of("HighLatency");
    this.open("alr_posted2", slow, 'it is the first of same service{service="front"}');
    this.judge(slow, { decision: "page", mode: "observe", reasons: ["no-impact", "no-runbook"] });
    const [certificate] = of("CertificateExpires");
    this.judge(certificate, { decision: "ticket", mode: "enforce", reasons: ["no-impact"] });
  }

  judge(alert, gate) {
    this.gates.set(alert.fingerprint, gate);
    const reasons = ["It does not say what users lose; add the annotation 'impact'."];
    this.posted.note("gated", alert, { ...gate, reasons }, 5 * minute);
  }

  open(id, alert, why) {
    const { service, team, starts_at, annotations } = alert;
    this.alerts.set(id, {
      id,
      fingerprint: "5c1d0e7a2b9f4411",
      labels: { alertname: alert.labels.alertname, problem: why, service, severity: "page" },
      state: "firing",
      severity: "page",
      service,
      team,
      summary: `${service}: ${annotations.summary}`,
      impact: annotations.summary,
      runbook: null,
      links: [],
      evidence: noEvidence,
      impact_started_at: starts_at,
      started_at: starts_at,
      updated_at: starts_at,
      ended_at: null,
      incident: null,
      sources: [],
    });
    this.join(id, alert, why);
  }

  join(id, alert, why, more = {}) {
    const problem = this.alerts.get(id);
    const labels = Object.entries(alert.labels).map(([name, value]) => `${name}="${value}"`);
    problem.sources.push({
      fingerprint: alert.fingerprint,
      role: "source",
      is_cause: false,
      labels: `{${labels.join(", ")}}`,
      summary: alert.annotations.summary || alert.labels.alertname,
      why,
      joined_at: alert.starts_at,
      left_at: null,
      how_left: null,
      ...more,
    });
    problem.sources.sort((a, b) => (a.left_at !== null) - (b.left_at !== null));
    if (!more.left_at) alert.problem = id;
  }
}

export const problemHandlers = {
  readAlert: ({ world }, { id, send }) => {
    const own = world.posted.problems.alerts.get(id);
    if (own) return send(200, own);
    const alert = world.alerts.find((one) => one.id === id);
    if (!alert) return send(404, failure("not_found", `there is no alert ${id}`));
    return send(200, { ...world.alertNow(alert), sources: [] });
  },
  splitAlert: ({ world }, { id, input, send }) => {
    const { posted } = world;
    const problem = posted.problems.alerts.get(id);
    const live = problem?.sources.filter((one) => one.role === "source" && one.left_at === null);
    const own = live?.find((one) => one.fingerprint === input.fingerprint);
    if (!own) {
      const why = `posted alert ${input.fingerprint} is no source of alert '${id}' now`;
      return send(404, failure("not_found", why));
    }
    if (live.length < 2) {
      const why = `alert '${id}' is made of this posted alert alone; there is nothing to split`;
      return send(400, failure("failed_precondition", why));
    }
    const why = "a person split it off";
    own.left_at = iso(world.now);
    own.how_left = `it has moved: ${why}`;
    problem.sources.sort((a, b) => (a.left_at !== null) - (b.left_at !== null));
    posted.problems.open(`${id}s`, posted.alerts.get(own.fingerprint), why);
    world.add("alert.split", "alert", id, { fingerprint: own.fingerprint }, { actor: "user:ada" });
    return send(200, problem);
  },
};
