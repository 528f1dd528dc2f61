// The stand-in's schedules and escalation policies: a week's rotation in Berlin with an override and
// swap requests, one in New York with a gap each Saturday night, one that somebody has for too long.
import { iso } from "./traffic.mjs";

const hour = 3_600_000;
const day = 24 * hour;

const formatters = new Map();
function wallOf(at, zone) {
  if (!formatters.has(zone)) {
    const parts = {
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    };
    formatters.set(
      zone,
      new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", ...parts }),
    );
  }
  const part = Object.fromEntries(
    formatters
      .get(zone)
      .formatToParts(at)
      .map((one) => [one.type, Number(one.value)]),
  );
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute);
}
const weekday = (wall) => (Math.floor(wall / day) + 3) % 7;

const names = { ada: "Ada", grace: "Grace", alan: "Alan" };
const nameOf = (id) => names[id] ?? id;
const said = (ids) => ids.map(nameOf).join(" and ");

// A turn is `days` long from the wall time `start`; `covers` takes a weekday (Monday 0) and an hour.
function layer(
  name,
  zone,
  every,
  days,
  start,
  people,
  hours = "always",
  covers = () => true,
  is_shadow = false,
) {
  const hand_off = `${every === "1 day" ? "each day" : "each Monday"} at 09:00`;
  return {
    told: { name, zone, every, hand_off, people, hours, off: [], is_shadow, joins: false },
    days,
    start,
    covers,
  };
}

const berlin = "Europe/Berlin";
const newYork = "America/New_York";
const isWatched = (at, clock) => !(at === 5 && clock >= 20) && !(at === 6 && clock < 8);

// Where there is a plan, only its shifts count.
function planned({ plans }, at) {
  const covers = ({ begin, end }) => Date.parse(begin) <= at && at < Date.parse(end);
  const plan = plans.findLast(covers);
  if (!plan) return null;
  const people = [...new Set(plan.shifts.filter(covers).flatMap((shift) => shift.people))];
  const why = [{ kind: "plan", layer: "", turn: 0, id: plan.id, instead_of: [] }];
  return { people, why, explain: `${said(people) || "Nobody"}, by a fixed plan.` };
}

// Of whoever asks.
const nextPage = {
  ways: [
    { contact: "push", channel: "push", to: "own browsers", after_seconds: 0 },
    { contact: "phone", channel: "sms", to: "+49 30 ...56", after_seconds: 120 },
    { contact: "mail", channel: "mail", to: "ada@shop.example", after_seconds: 300 },
  ],
  keep_ringing_seconds: 600,
  quiet_hours: "daily 22:00-07:00",
  is_quiet: false,
  zone: berlin,
};

export class OnCall {
  constructor(world) {
    this.world = world;
    this.made = 0;
    const monday = Math.floor((world.now - 4 * day) / (7 * day)) * 7 * day + 4 * day; // Monday, UTC
    const at = (days, hours) => iso(monday + days * day + hours * hour);
    const anchor = monday - 84 * day + 9 * hour; // so that this week is the first's again
    this.schedules = [
      this.schedule("payments", "Payments", "payments", berlin, [
        layer("primary", berlin, "1 week", 7, anchor, [["ada"], ["grace"], ["alan"]]),
        layer(
          "apprentice",
          berlin,
          "1 week",
          7,
          anchor,
          [["grace"], ["alan"], ["ada"]],
          "Mon-Fri 09:00-17:00",
          (at, clock) => at < 5 && clock >= 9 && clock < 17,
          true,
        ),
      ]),
      this.schedule("shop", "Shop", "shop", newYork, [
        layer(
          "week",
          newYork,
          "1 week",
          7,
          anchor,
          [["grace"], ["ada"]],
          "all but Sat 20:00 to Sun 08:00",
          isWatched,
        ),
        layer(
          "office",
          newYork,
          "1 day",
          1,
          anchor,
          [["alan"], ["grace"]],
          "Mon-Fri 09:00-17:00",
          (at, clock) => at < 5 && clock >= 9 && clock < 17,
        ),
      ]),
      this.schedule("search", "Search", "shop", "Europe/London", [
        layer("all", "Europe/London", "4 weeks", 28, anchor, [["alan"], ["grace"]]),
      ]),
    ];
    const [payments, shop] = this.schedules;
    const ovr = (kind, person, replaces, begin, end, note) => ({
      id: this.id("ovr"),
      kind,
      person,
      replaces,
      begin,
      end,
      note,
      by: "user:grace",
    });
    payments.overrides.push(
      ovr("replace", "grace", "", at(8, 17), at(8, 21), "school play"),
      ovr("add", "alan", "", at(3, 8), at(3, 16), "the big sale: two are better"),
    );
    payments.absences.push({
      id: this.id("abs"),
      person: "alan",
      begin: at(21, 0),
      end: at(35, 0),
      note: "holidays",
    });
    const swap = (schedule, from, to, begin, end, note) => ({
      id: this.id("swp"),
      schedule,
      from,
      to,
      begin,
      end,
      state: "open",
      note,
      created: iso(world.now - 5 * hour),
    });
    payments.swaps.push(
      swap("payments", "grace", "ada", at(12, 8), at(14, 8), "a wedding on Saturday"),
      swap("payments", "ada", "", at(17, 16), at(18, 8), "concert"),
    );
    shop.swaps.push(swap("shop", "grace", "", at(9, 14), at(10, 14), "dentist"));
    payments.notes.closed.push(
      this.note(
        "user:alan",
        "The second relay is flaky: when **PaymentsFail** fires for fra alone, drain it first.\n" +
          "- grace is at a conference until Wednesday\n- the certificate of the old host ends on Friday",
        at(0, 7),
        at(0, 8),
        ["ada"],
      ),
      this.note("user:grace", "All calm.", at(-7, 7), at(-7, 8), ["alan"]),
    );
    const group = (id, members, problem) => ({
      id,
      members,
      confirmed_at: iso(world.now - 2 * hour),
      problem,
    });
    this.groups = {
      payments: group("S0PAYMENTS", ["U0ADA", "U0ALAN"], null),
      shop: group("S0SHOP", ["U0GRACE"], "Slack: no such user group S0SHOP"),
    };
    this.links = [{ id: this.id("ical"), kind: "person", name: "ada" }];
  }

  id(kind) {
    this.made += 1;
    return `${kind}_${this.made}`;
  }

  note(author, text, updated, handed_off = null, receivers = []) {
    return { id: this.id("hon"), author, text, created: updated, updated, handed_off, receivers };
  }

  schedule(id, name, team, zone, layers) {
    const notes = { open: null, closed: [] };
    const changes = { overrides: [], swaps: [], absences: [], plans: [] };
    return { id, name, team, zone, layers, notes, ...changes };
  }

  absences() {
    const all = this.schedules.flatMap(({ absences }) => absences);
    return [...new Map(all.map((one) => [one.id, one])).values()];
  }

  find(id) {
    return this.schedules.find((one) => one.id === id);
  }

  ofLayer(schedule, { told, days, start, covers }, at) {
    const wall = wallOf(at, told.zone);
    const turn = Math.floor((wall - start) / (days * day));
    if (!covers(weekday(wall), Math.floor(wall / hour) % 24)) {
      return {
        people: [],
        why: [{ kind: "nobody", layer: told.name, turn, id: "", instead_of: [] }],
        explain: `Nobody: the layer ${told.name} is for ${told.hours}.`,
      };
    }
    const count = told.people.length;
    const nth = (n) => told.people[((n % count) + count) % count];
    const due = nth(turn);
    const away = schedule.absences.find(
      ({ person, begin, end }) =>
        due.includes(person) && Date.parse(begin) <= at && at < Date.parse(end),
    );
    const people = away ? nth(turn + 1) : due;
    const why = [{ kind: "layer", layer: told.name, turn, id: "", instead_of: [] }];
    if (away)
      why.unshift({ kind: "absence", layer: told.name, turn, id: away.id, instead_of: due });
    const rule = `the layer ${told.name} hands off ${told.hand_off} (${told.zone})`;
    const explain = away
      ? `${said(people)}, because ${said(due)} is away (${away.note}) and ${said(people)} is the next in the layer ${told.name}.`
      : `${said(people)}, because ${rule} and this is their turn.`;
    return { people, why, explain };
  }

  who(schedule, at) {
    let found = { people: [], why: [], explain: "Nobody: no layer has somebody at that time." };
    let shadows = [];
    for (const one of schedule.layers) {
      const has = this.ofLayer(schedule, one, at);
      if (one.told.is_shadow) shadows = has.people;
      else if (has.people.length > 0 || found.why.length === 0) found = has;
    }
    let { people, why, explain } = planned(schedule, at) ?? found;
    for (const { id, kind, person, replaces, begin, end, by, note } of schedule.overrides) {
      if (at < Date.parse(begin) || at >= Date.parse(end)) continue;
      const asked = `${nameOf(by.slice(5))} asked for it${note === "" ? "" : `: ${note}`}`;
      const before = people;
      if (kind === "add") people = [...new Set([...people, person])];
      else if (kind === "remove") people = people.filter((one) => one !== person);
      else if (replaces === "") people = [person];
      else people = people.map((one) => (one === replaces ? person : one));
      if (before.join() === people.join()) continue;
      why = [
        { kind: "override", layer: "", turn: 0, id, instead_of: kind === "replace" ? before : [] },
        ...why,
      ];
      explain =
        kind === "replace"
          ? `${nameOf(person)} instead of ${said(before) || "nobody"}, by an override: ${asked}.`
          : `${nameOf(person)} is ${kind === "add" ? "added" : "taken out"} by an override: ${asked}.`;
    }
    return { people, shadows: shadows.filter((one) => !people.includes(one)), why, explain };
  }

  // Looks each hour and where an override begins or ends: all hand-offs here are on the hour.
  turns(schedule, from, until, who) {
    const edges = new Set([from]);
    for (let at = Math.ceil(from / hour) * hour; at < until; at += hour) edges.add(at);
    const plans = schedule.plans.flatMap((plan) => [plan, ...plan.shifts]);
    for (const { begin, end } of [...schedule.overrides, ...schedule.absences, ...plans]) {
      for (const at of [Date.parse(begin), Date.parse(end)])
        if (at > from && at < until) edges.add(at);
    }
    const turns = [];
    const sorted = [...edges].sort((a, b) => a - b);
    for (const [i, at] of sorted.entries()) {
      const has = { shadows: [], ...who(at) };
      const end = iso(sorted[i + 1] ?? until);
      const last = turns.at(-1);
      const same =
        last &&
        JSON.stringify([last.people, last.shadows, last.why]) ===
          JSON.stringify([has.people, has.shadows, has.why]);
      if (same) last.end = end;
      else turns.push({ begin: iso(at), end, ...has });
    }
    return turns;
  }

  result(schedule, from, until) {
    return this.turns(schedule, from, until, (at) => this.who(schedule, at));
  }

  ofLayers(schedule, from, until) {
    return schedule.layers.map((one) => ({
      name: one.told.name,
      turns: this.turns(schedule, from, until, (at) => this.ofLayer(schedule, one, at)),
    }));
  }

  summary(schedule) {
    const { now } = this.world;
    const around = this.result(schedule, now - 30 * day, now + 30 * day);
    const soon = iso(now + 14 * day);
    const { why: _, ...on_call } = around.find(({ end }) => Date.parse(end) > now);
    const gaps = around
      .filter(({ people, end }) => people.length === 0 && Date.parse(end) > now)
      .filter(({ begin }) => begin < soon)
      .map(({ begin, end }) => ({
        kind: "gap",
        begin,
        end,
        person: null,
        text: `Nobody is on call in ${schedule.name}`,
      }));
    const long = schedule.layers
      .filter(({ days }) => days > 14)
      .map(() => ({
        kind: "long_shift",
        begin: on_call.begin,
        end: on_call.end,
        person: on_call.people[0] ?? null,
        text: `${said(on_call.people)} has Search for longer than 14 days without a break`,
      }));
    const { id, name, team, zone } = schedule;
    return { id, name, team, zone, on_call, faults: [...gaps, ...long] };
  }

  detail(schedule) {
    const { overrides, swaps, absences, plans } = schedule;
    return {
      ...this.summary(schedule),
      layers: schedule.layers.map(({ told }) => told),
      overrides,
      plans,
      swaps,
      absences,
      slack_user_group: this.groups[schedule.id] ?? null,
    };
  }

  me(person) {
    const { now } = this.world;
    const mine = this.schedules.flatMap((schedule) =>
      joined(
        this.result(schedule, now, now + 30 * day).filter(({ people }) => people.includes(person)),
      ).map(({ begin, end }) => ({ schedule: schedule.id, begin, end })),
    );
    mine.sort((a, b) => a.begin.localeCompare(b.begin));
    const isNow = ({ begin }) => Date.parse(begin) <= now;
    return {
      person,
      now: mine.filter(isNow).map(({ schedule, end }) => ({ schedule, until: end })),
      shifts: mine.filter((one) => !isNow(one)),
      next_page: nextPage,
      contacts: nextPage.ways.map(({ contact: name, channel, to }) => ({
        name,
        channel,
        to,
        verified_at: channel === "sms" ? null : iso(now - 90 * day),
        verified_by: channel === "sms" ? null : "user:ada",
      })),
    };
  }

  override(schedule, what) {
    const made = { id: this.id("ovr"), by: "user:ada", ...what };
    schedule.overrides.push(made);
    this.world.add(
      "schedule.override_made",
      "schedule",
      schedule.id,
      { id: made.id },
      { actor: "user:ada" },
    );
    return made;
  }

  served(schedule, from, until) {
    const { now } = this.world;
    return this.result(schedule, from, Math.min(until, now)).flatMap(
      ({ people, begin, end, explain }) =>
        people.map((person) => ({
          person,
          begin,
          end: Date.parse(end) >= now ? null : end,
          why: explain,
        })),
    );
  }
}

// Neighbours in time as one.
function joined(turns) {
  const all = [];
  for (const { begin, end } of turns) {
    if (all.at(-1)?.end === begin) all.at(-1).end = end;
    else all.push({ begin, end });
  }
  return all;
}

const steps = (...rows) =>
  rows.map(([after_seconds, targets, when]) => ({ after_seconds, targets, when }));
const to = (kind, name) => ({ kind, name });
const policy = (id, teams, own) => ({
  id,
  teams,
  repeat: 2,
  repeat_after_seconds: 300,
  acknowledgements: 1,
  acknowledged_for_seconds: 1800,
  bring_in: { after_seconds: 900, severities: ["SEV-1", "SEV-2"], targets: [] },
  fallback: [to("team", teams[0])],
  channels: [],
  ...own,
});

export const policies = [
  policy("payments", ["payments"], {
    steps: steps(
      [0, [to("schedule", "payments"), to("channel", "ops")], "always"],
      [300, [to("person", "grace")], "SEV-1, SEV-2 or SEV-3"],
      [600, [to("round_robin", "payments")], "outside of Mon-Fri 09:00-17:00 (Europe/Berlin)"],
    ),
    channels: ["ops"],
  }),
  policy("shop", ["shop"], {
    steps: steps(
      [0, [to("schedule", "shop")], "always"],
      [600, [to("schedule", "payments")], "always"],
    ),
    bring_in: null,
    acknowledgements: 2,
  }),
];

const contacts = {
  ada: [
    ["push", 0],
    ["sms +49 ... 12", 60],
    ["call +49 ... 12", 180],
  ],
  grace: [
    ["slack", 0],
    ["call +1 ... 55", 120],
  ],
  alan: [
    ["mail", 0],
    ["slack", null],
  ],
};
const called = (person, via) => ({
  person,
  via,
  contacts: contacts[person].map(([name, after_seconds]) => ({ name, after_seconds })),
});

function people({ kind, name }, onCall, at, round) {
  if (kind === "person") return [called(name, `person ${name}`)];
  if (kind === "round_robin")
    return [called(["ada", "grace", "alan"][round % 3], `round robin ${name}`)];
  if (kind !== "schedule") return [];
  return onCall.who(onCall.find(name), at).people.map((one) => called(one, `schedule ${name}`));
}

export function preview(onCall, found, at, severity) {
  const skips = (when) => {
    if (when.startsWith("SEV") && !when.includes(severity)) return `only for ${when}`;
    const wall = wallOf(at, berlin);
    const clock = Math.floor(wall / hour) % 24;
    const works = weekday(wall) < 5 && clock >= 9 && clock < 17;
    return when.startsWith("outside") && works ? `only ${when}` : null;
  };
  const length = (found.steps.at(-1).after_seconds + found.repeat_after_seconds) * 1000;
  const rounds = Array.from({ length: found.repeat + 1 }, (_, round) => ({
    steps: found.steps.map(({ after_seconds, targets, when }) => {
      const begins = at + round * length + after_seconds * 1000;
      const rung = targets.flatMap((target) => people(target, onCall, begins, round));
      const channels = targets.filter(({ kind }) => kind === "channel").map(({ name }) => name);
      const nobody = rung.length === 0 ? "nobody is on call then: the fallback is rung" : null;
      const skipped = skips(when) ?? nobody;
      return {
        at: iso(begins),
        after_seconds,
        people: skipped ? [] : rung,
        channels: skipped ? [] : channels,
        skipped,
      };
    }),
  }));
  const brings = found.bring_in?.severities.includes(severity);
  const bring_in = brings
    ? {
        at: iso(at + found.bring_in.after_seconds * 1000),
        people: [called("alan", "everybody who was not rung yet")],
      }
    : null;
  return { rounds, bring_in };
}

export const load = [
  {
    person: "ada",
    pages: 31,
    working: 12,
    free: 8,
    sleeping: 11,
    interruptions: 19,
    shift_seconds: 268 * 3600,
  },
  {
    person: "grace",
    pages: 18,
    working: 9,
    free: 6,
    sleeping: 3,
    interruptions: 13,
    shift_seconds: 251 * 3600,
  },
  {
    person: "alan",
    pages: 9,
    working: 7,
    free: 2,
    sleeping: 0,
    interruptions: 8,
    shift_seconds: 201 * 3600,
  },
];
