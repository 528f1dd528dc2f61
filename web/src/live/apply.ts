// Brings what the stream says into the query cache, the one owner of server data. Messages are
// gathered and applied once a frame; what only the server can say anew (a list, an incident) is
// read again at most once a second each, however many entries come.
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../api/queries";
import type {
  Entry,
  IncidentDetail,
  Objective,
  ObjectiveList,
  ObjectivePulse,
  Seq,
} from "../api/types";
import { postedChanges } from "./changes";
import type { FromStream } from "./protocol";

export type Schedule = (run: () => void, ms: number) => void;

// A frame while somebody looks, two seconds in a hidden tab (which gets no frames).
export const browserSchedule: Schedule = (run, ms) => {
  if (ms > 0) setTimeout(run, ms);
  else if (document.hidden) setTimeout(run, 2000);
  else requestAnimationFrame(() => run());
};

const readAgainAfter = 1000;

export class Applier {
  private pulses = new Map<string, ObjectivePulse>();
  private entries: Entry[] = [];
  private dirty = new Map<string, readonly string[]>();
  private readAt = new Map<string, number>();
  private scheduled = false;

  constructor(
    private readonly client: QueryClient,
    private readonly schedule: Schedule = browserSchedule,
    private readonly now: () => number = () => performance.now(),
  ) {}

  take(message: FromStream): void {
    if (message.kind === "pulse") {
      for (const pulse of message.objectives) this.pulses.set(pulse.name, pulse);
    } else if (message.kind === "entries") {
      this.entries.push(...message.entries);
    } else if (message.kind === "hello") {
      this.catchUp(message.seq);
    } else if (message.kind === "reset") {
      postedChanges.addAll();
      for (const query of this.client.getQueryCache().getAll()) this.mark(query.queryKey);
    } else {
      return;
    }
    this.plan(0);
  }

  flush(): void {
    this.scheduled = false;
    const pulses = this.pulses;
    const entries = this.entries;
    this.pulses = new Map();
    this.entries = [];
    if (entries.length > 0) this.applyEntries(entries);
    if (pulses.size > 0) this.applyPulses(pulses);
    this.readAgain();
  }

  // Answers that are older than where the stream begins missed something.
  private catchUp(seq: number): void {
    for (const query of this.client.getQueryCache().getAll()) {
      const data = query.state.data as Partial<Seq> | undefined;
      if (typeof data?.seq !== "number" || data.seq >= seq) continue;
      if (query.queryKey[0] === keys.posted[0]) postedChanges.addAll();
      this.mark(query.queryKey);
    }
  }

  private applyEntries(all: Entry[]): void {
    const entries = all.filter((entry) => !this.applyPosted(entry));
    if (entries.length === 0) return;
    for (const key of [keys.status, keys.incidents, keys.alerts]) this.mark(key);
    if (entries.some((entry) => /^(objective|catalog|signal)/.test(entry.subject_kind))) {
      this.mark(keys.objectives);
      this.mark(keys.catalog);
    }
    for (const entry of entries) {
      if (entry.subject_kind === "alert") this.mark(["alert", entry.subject_id]);
    }
    // What moves shifts touches all that is read of on-call (api/oncall.ts), as far as it is shown.
    if (entries.some((entry) => /^(schedule|swap|absence|catalog)/.test(entry.subject_kind))) {
      for (const { queryKey } of this.client.getQueryCache().findAll({ queryKey: ["oncall"] })) {
        this.mark(queryKey);
      }
    }
    const byIncident = groupBy(entries, (entry) => entry.incident ?? "");
    byIncident.delete("");
    if (byIncident.size === 0) return;
    for (const [key, data] of this.client.getQueriesData<IncidentDetail>({
      queryKey: ["incident"],
    })) {
      const added = data && byIncident.get(data.incident.id);
      if (!added) continue;
      this.mark(key as readonly string[]);
      this.client.setQueryData<IncidentDetail>(key, {
        ...data,
        timeline: mergeTimeline(data.timeline, added),
      });
    }
  }

  // Posted alerts may be many and have screens of their own: they touch nothing else.
  private applyPosted({ kind, subject_id: id }: Entry): boolean {
    const [of] = kind.split(".");
    if (of !== "posted_alert" && of !== "silence" && of !== "notification") return false;
    if (of === "posted_alert") postedChanges.add(id);
    if (of === "silence") {
      postedChanges.addAll(); // the server knows whom it hides
      this.mark(keys.silences);
      this.mark(keys.recurring);
    }
    for (const { queryKey } of this.client.getQueryCache().findAll({ queryKey: keys.posted })) {
      const [, what, which] = queryKey;
      const isTouched =
        what === "list" ? of !== "notification" : of !== "posted_alert" || which === id;
      if (isTouched) this.mark(queryKey);
    }
    return true;
  }

  private applyPulses(pulses: Map<string, ObjectivePulse>): void {
    const list = this.client.getQueryData<ObjectiveList>(keys.objectives);
    if (list) {
      let changed = false;
      const objectives = list.objectives.map((objective) => {
        const pulse = pulses.get(objective.name);
        if (!pulse) return objective;
        changed = true;
        if (pulse.state !== objective.state) this.mark(keys.objectives);
        return withPulse(objective, pulse);
      });
      if (changed)
        this.client.setQueryData<ObjectiveList>(keys.objectives, { ...list, objectives });
    }
    for (const [name, pulse] of pulses) {
      const key = keys.objective(name);
      const objective = this.client.getQueryData<Objective>(key);
      if (!objective) continue;
      this.client.setQueryData<Objective>(key, withPulse(objective, pulse));
      this.mark(key);
    }
  }

  private mark(key: readonly unknown[]): void {
    this.dirty.set(JSON.stringify(key), key as readonly string[]);
  }

  private readAgain(): void {
    const now = this.now();
    for (const [hash, key] of this.dirty) {
      const tooSoon = now - (this.readAt.get(hash) ?? Number.NEGATIVE_INFINITY) < readAgainAfter;
      // Asking while an answer is on its way would throw that answer away.
      if (tooSoon || this.client.isFetching({ queryKey: key, exact: true }) > 0) continue;
      this.dirty.delete(hash);
      this.readAt.set(hash, now);
      void this.client.invalidateQueries({ queryKey: key, exact: true });
    }
    if (this.dirty.size > 0) this.plan(250);
  }

  private plan(ms: number): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.schedule(() => this.flush(), ms);
  }
}

export function withPulse(objective: Objective, pulse: ObjectivePulse): Objective {
  const { bad_5m: bad, total_5m: total, budget_left: left } = pulse;
  return {
    ...objective,
    state: pulse.state as Objective["state"],
    budget: {
      ...objective.budget,
      left,
      left_events: left === null ? null : left * objective.budget.allowed,
      too_early: pulse.budget_too_early,
      burn_now: pulse.burn_now,
    },
    error_ratio_5m: { bad, total, ratio: total > 0 ? bad / total : null },
  };
}

// Each entry once, in order of happening.
export function mergeTimeline(old: Entry[], added: Entry[]): Entry[] {
  const known = new Set(old.map((entry) => entry.seq));
  const fresh = added.filter((entry) => !known.has(entry.seq));
  if (fresh.length === 0) return old;
  return [...old, ...fresh].sort(
    (a, b) => Date.parse(a.happened_at) - Date.parse(b.happened_at) || a.seq - b.seq,
  );
}

function groupBy<T>(items: T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}
