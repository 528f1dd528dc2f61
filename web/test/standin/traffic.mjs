// The traffic of the stand-in's shop as numbers: counts, windows, budgets, tiers and charts of an
// objective at a moment, with the fault that the story has set. The same question at the same
// moment gets the same answer.
const day = 86_400_000;
const period = 30 * day;

export const iso = (ms) => new Date(ms).toISOString();

// How long after the fault began the fast tier sees it.
export const seenAfter = 2500;

// The traffic's daily rhythm: 0.35 at night to 1 by day.
const rhythm = (ms) => 0.675 - 0.325 * Math.cos((2 * Math.PI * (ms % day)) / day);
// A number in [0, 1) that belongs to a moment.
function noise(seed) {
  const x = Math.sin(seed * 12.9898) * 43_758.5453;
  return x - Math.floor(x);
}

export class Traffic {
  constructor(now) {
    this.now = now;
    this.fault = null; // {objective, share, from, until}
    this.silent = new Set(); // objectives without data
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
    const seen = spec.seen ?? period;
    const early = seen < period / 4;
    const total = Math.round((spec.rate * 0.68 * seen) / 1000);
    const allowed = Math.round(total * budgetShare);
    const bad =
      Math.round(allowed * spec.spent) +
      (this.fault && !silent
        ? Math.round(hour.total * Math.max(0, hour.bad / hour.total - spec.bad))
        : 0);
    const left = 1 - bad / allowed;
    const burn = hour.total > 0 ? hour.bad / hour.total / budgetShare : 0;
    const tiers = this.tiers(spec, early ? null : left, silent);
    const firing = tiers.some((tier) => tier.state === "firing" && tier.severity === "page");
    return {
      name: spec.name,
      display_name: spec.display_name,
      service: spec.service,
      signal: spec.name,
      target: spec.target,
      window: "30d rolling",
      budgeting: "occurrences",
      state: silent ? "no_data" : firing ? "burning" : !early && left < 0 ? "exhausted" : "ok",
      error_ratio_5m: { ...five, ratio: five.total > 0 ? five.bad / five.total : null },
      budget: {
        bad,
        total,
        allowed,
        left: early ? null : left,
        left_events: early ? null : allowed - bad,
        too_early: early ? `too early to judge: ${seen / 3_600_000}h of 30d seen` : null,
        seen_seconds: seen / 1000,
        burn_now: burn,
        exhausted_in_seconds:
          !early && burn > 1 && left > 0 ? (left / burn) * (period / 1000) : null,
        period_start: iso(this.now - period),
        period_end: null,
      },
      tiers,
      last_sample_at: iso(silent ? this.now - 47 * 60_000 : this.now - 1800),
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
      this.now - fault.from >= seenAfter;
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
