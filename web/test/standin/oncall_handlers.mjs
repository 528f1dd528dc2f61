// The stand-in's answers about on call.
import { failure } from "./handlers.mjs";
import { load, policies, preview } from "./oncall.mjs";
import { iso } from "./traffic.mjs";

const mostDays = 400;

function withSchedule(standin, { id, send }, run) {
  const { onCall } = standin.world;
  const schedule = onCall.find(id);
  if (!schedule) return send(404, failure("not_found", `there is no schedule ${id}`));
  return run(onCall, schedule);
}

const lastOf = ({ url }) => decodeURIComponent(url.pathname.split("/").at(-1));

// Events are counted, and those that come again by the hour are noted.
function withCalendar({ input, send }, told) {
  const lines = String(input).split(/\r?\n/);
  if (lines[0] !== "BEGIN:VCALENDAR") {
    return send(400, failure("invalid_argument", "line 1: this is no calendar"));
  }
  const notes = lines.flatMap((text, i) =>
    text.startsWith("RRULE:FREQ=HOURLY")
      ? [{ line: i + 1, text: "the rule is not known; the event counts once" }]
      : [],
  );
  return send(200, { ...told(lines.filter((text) => text === "BEGIN:VEVENT").length), notes });
}

function withSpan({ url, send }, run) {
  const from = Date.parse(url.searchParams.get("from") ?? "");
  const until = Date.parse(url.searchParams.get("until") ?? "");
  if (!(from < until)) return send(400, failure("invalid_argument", "until: must be after from"));
  if (until - from > mostDays * 86_400_000) {
    return send(400, failure("invalid_argument", `at most ${mostDays} days at once`));
  }
  return run(from, until);
}

const answerSwap = (state) => (standin, call) => {
  const { onCall } = standin.world;
  for (const schedule of onCall.schedules) {
    const swap = schedule.swaps.find((one) => one.id === call.id);
    if (!swap) continue;
    if (swap.state !== "open") {
      return call.send(400, failure("failed_precondition", `the swap is ${swap.state} already`));
    }
    swap.state = state;
    if (state === "taken") {
      swap.to = "ada";
      const { from, begin, end, note } = swap;
      onCall.override(schedule, {
        kind: "replace",
        person: "ada",
        replaces: from,
        begin,
        end,
        note,
      });
    }
    return call.send(200, swap);
  }
  return call.send(404, failure("not_found", `there is no swap ${call.id}`));
};

export const onCallHandlers = {
  listSchedules: ({ world: { onCall } }, { send }) =>
    send(200, { schedules: onCall.schedules.map((one) => onCall.summary(one)) }),
  readSchedule: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) => call.send(200, onCall.detail(schedule))),
  listTurns: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) =>
      withSpan(call, (from, until) =>
        call.send(200, {
          turns: onCall.result(schedule, from, until),
          layers: onCall.ofLayers(schedule, from, until),
        }),
      ),
    ),
  listServed: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) =>
      withSpan(call, (from, until) =>
        call.send(200, { served: onCall.served(schedule, from, until) }),
      ),
    ),
  addOverride: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) => {
      const { begin, end, kind } = call.input;
      if (Date.parse(begin) >= Date.parse(end)) {
        return call.send(400, failure("invalid_argument", "end: must be after begin"));
      }
      if (Date.parse(end) <= standin.world.now) {
        return call.send(400, failure("invalid_argument", "end is in the past"));
      }
      const replaces = kind === "replace" ? call.input.replaces : "";
      return call.send(201, onCall.override(schedule, { ...call.input, replaces }));
    }),
  removeOverride: (standin, call) =>
    withSchedule(standin, call, (_, schedule) => {
      const oid = call.url.pathname.split("/").at(-1);
      schedule.overrides = schedule.overrides.filter((one) => one.id !== oid);
      call.send(204);
    }),
  takePager: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) => {
      const { now } = standin.world;
      const { end } = onCall.summary(schedule).on_call;
      const made = {
        kind: "replace",
        person: "ada",
        replaces: "",
        begin: iso(now),
        note: "took the pager",
      };
      call.send(201, onCall.override(schedule, { ...made, end: call.input.until ?? end }));
    }),
  listHandOffNotes: (standin, call) =>
    withSchedule(standin, call, (_, schedule) => {
      const { open, closed } = schedule.notes;
      const may_write = schedule.team === "payments";
      call.send(200, { open, received: closed[0] ?? null, may_write, notes: closed });
    }),
  writeHandOffNote: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) => {
      const { text, seen } = call.input;
      const { notes } = schedule;
      if (seen !== undefined && seen !== (notes.open?.updated ?? "")) {
        return call.send(409, failure("aborted", "user:grace has changed the note"));
      }
      const now = iso(standin.world.now);
      const begun = notes.open ?? onCall.note("", "", now);
      notes.open = text === "" ? null : { ...begun, author: "user:ada", text, updated: now };
      const kind = `schedule.note_${notes.open ? "written" : "removed"}`;
      standin.world.add(kind, "schedule", schedule.id, { id: begun.id }, { actor: "user:ada" });
      return call.send(200, { open: notes.open });
    }),
  draftHandOffNote: (standin, call) =>
    withSchedule(standin, call, (_, schedule) => {
      const text =
        `${schedule.name} from Mon 09:00 to now\n\nIncidents:\n- #11 SEV-3 Search is slow: ` +
        "resolved, grace had it\n\nSilences that still hold:\n- none\n\nWhat you should know:\n- ";
      call.send(200, { text, since: iso(standin.world.now - 3 * 86_400_000) });
    }),
  addPlan: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) => {
      const { begin, end, shifts } = call.input;
      const refuse = (message) => call.send(400, failure("invalid_argument", message));
      if (Date.parse(end) <= standin.world.now) {
        return refuse("end is in the past; nothing would change");
      }
      const unknown = shifts.findIndex(
        ({ people }) => people.includes("alan") && people.length > 1,
      );
      if (unknown >= 0) return refuse(`shifts[${unknown}]: alan takes shifts alone`);
      if (begin >= end) return refuse("end must be after begin");
      const plan = { note: "", ...call.input, id: onCall.id("fix"), by: "user:ada" };
      schedule.plans.push(plan);
      return call.send(201, plan);
    }),
  removePlan: (standin, call) =>
    withSchedule(standin, call, (_, schedule) => {
      schedule.plans = schedule.plans.filter(({ id }) => id !== lastOf(call));
      call.send(204);
    }),
  listAbsences: ({ world: { onCall } }, { send }) => send(200, { absences: onCall.absences() }),
  addAbsence: ({ world: { now, onCall } }, { input, send }) => {
    if (Date.parse(input.end) <= now) {
      return send(400, failure("invalid_argument", "end is in the past; nothing would change"));
    }
    const absence = { note: "", ...input, id: onCall.id("abs") };
    for (const schedule of onCall.schedules) schedule.absences.push(absence);
    return send(201, absence);
  },
  removeAbsence: ({ world: { onCall } }, call) => {
    for (const schedule of onCall.schedules) {
      schedule.absences = schedule.absences.filter(({ id }) => id !== lastOf(call));
    }
    call.send(204);
  },
  putCalendar: (_, call) => withCalendar(call, (days) => ({ name: lastOf(call), days })),
  putVacations: (_, call) => withCalendar(call, (absences) => ({ person: call.id, absences })),
  askSwap: (standin, call) =>
    withSchedule(standin, call, (onCall, schedule) => {
      const { input } = call;
      if (Date.parse(input.begin) <= standin.world.now) {
        return call.send(400, failure("invalid_argument", "begin is not in the future"));
      }
      const created = iso(standin.world.now);
      const swap = {
        id: onCall.id("swp"),
        schedule: schedule.id,
        ...input,
        from: "ada",
        state: "open",
        created,
      };
      schedule.swaps.push(swap);
      return call.send(201, swap);
    }),
  takeSwap: answerSwap("taken"),
  declineSwap: answerSwap("declined"),
  withdrawSwap: answerSwap("withdrawn"),
  listIcalLinks: ({ world: { onCall } }, { send }) => send(200, { links: onCall.links }),
  addIcalLink: ({ world: { onCall } }, { input, send }) => {
    const link = { id: onCall.id("ical"), ...input };
    onCall.links.push(link);
    send(201, { ...link, url: `/ical/3kq8v0x7m2w9p4t6-${link.id}.ics` });
  },
  removeIcalLink: ({ world: { onCall } }, { id, send }) => {
    onCall.links = onCall.links.filter((one) => one.id !== id);
    send(204);
  },
  myTurns: ({ world: { onCall } }, { url, send }) =>
    send(200, onCall.me(url.searchParams.get("person") || "ada")),
  listEscalationPolicies: (_, { send }) => send(200, { policies }),
  previewEscalationPolicy: ({ world: { onCall } }, { id, url, send }) => {
    const found = policies.find((one) => one.id === id);
    if (!found) return send(404, failure("not_found", `there is no escalation policy ${id}`));
    const at = Date.parse(url.searchParams.get("at") ?? "");
    return send(200, preview(onCall, found, at, url.searchParams.get("severity") ?? "SEV-1"));
  },
  readOnCallLoad: (_, call) => withSpan(call, () => call.send(200, { people: load })),
};
