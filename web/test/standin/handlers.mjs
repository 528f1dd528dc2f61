// The answers of the stand-in, by operationId of api/openapi.yaml.
import { catalog, objectives } from "./catalog.mjs";
import { iso } from "./traffic.mjs";

export const failure = (code, message) => ({ error: { code, message, request_id: "req_standin" } });
const windowMs = (text) => {
  const match = /^(\d+)([mhd])$/.exec(text ?? "1h");
  return match ? Number(match[1]) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2]] : null;
};

export const users = { ada: { password: "tocsin", role: "admin", person: "ada" } };

function me(user) {
  const { role, person } = users[user];
  return { actor: `user:${user}`, role, person };
}

function withIncident(standin, { id, send }, run) {
  const incident = standin.world.incidents.find(
    (one) => one.id === id || String(one.number) === id,
  );
  if (!incident) return send(404, failure("not_found", `there is no incident ${id}`));
  return run(incident);
}

// Short pages, so that the page has to put them together.
const timelinePageSize = 4;
function timelinePage(world, incident, after) {
  const all = world.entries.filter((entry) => entry.incident === incident.id && entry.seq > after);
  const entries = all.slice(0, timelinePageSize);
  return { entries, next: all.length > entries.length ? entries.at(-1).seq : null };
}

function withObjective({ id, send }, run) {
  const spec = objectives.find((one) => one.name === id);
  if (!spec) return send(404, failure("not_found", `there is no objective ${id}`));
  return run(spec);
}

export const handlers = {
  signIn: (standin, { input, response, send }) => {
    if (users[input.user]?.password !== input.password) {
      return send(401, failure("unauthenticated", "that user and password do not fit"));
    }
    const id = `s${standin.sessions.size + 1}`;
    standin.sessions.add(id);
    response.setHeader("set-cookie", `tocsin_session=${id}; Path=/; HttpOnly; SameSite=Lax`);
    send(200, me(input.user));
  },
  whoAmI: (_, { send }) => send(200, me("ada")),
  signOut: (standin, { session, send }) => {
    standin.sessions.delete(session);
    send(204);
  },
  status: ({ world }, { send }) =>
    send(200, {
      version: "0.1.0",
      started_at: iso(world.startedAt),
      now: iso(world.now),
      seq: world.seq,
      alerts_firing: world.alerts.filter((one) => one.state === "firing").length,
      incidents_open: world.open().length,
      objectives: objectives.length,
      objectives_no_data: world.silent.size,
      ingest: {
        series: 1204,
        series_limit: 1_000_000,
        samples_total: 48_211_034,
        last_sample_at: iso(world.now - 1800),
      },
      sources: world.sources.map((source) => ({ ...source, last_at: iso(world.now - 2100) })),
      contacts: { declared: 6, verified: 1 },
      trouble: world.trouble,
    }),
  readCatalog: (_, { send }) => send(200, catalog),
  listAlerts: ({ world }, { url, send }) => {
    const state = url.searchParams.get("state") ?? "firing";
    const alerts = world.alerts.filter((one) => state === "all" || one.state === state);
    send(200, { alerts: alerts.map((one) => world.alertNow(one)), seq: world.seq });
  },
  listIncidents: ({ world }, { url, send }) => {
    const all = url.searchParams.get("state") === "all";
    const incidents = (all ? [...world.incidents] : world.open()).sort(
      (a, b) => b.number - a.number,
    );
    send(200, { incidents: incidents.map((one) => world.incidentNow(one)), seq: world.seq });
  },
  readIncident: (standin, call) =>
    withIncident(standin, call, (incident) => {
      const { world } = standin;
      const page = timelinePage(world, incident, 0);
      call.send(200, {
        incident: world.incidentNow(incident),
        alerts: world.alerts
          .filter((one) => one.incident === incident.id)
          .map((one) => world.alertNow(one)),
        escalation: world.escalations[incident.id] ?? null,
        timeline: page.entries,
        timeline_next: page.next,
        seq: world.seq,
      });
    }),
  readTimeline: (standin, call) =>
    withIncident(standin, call, (incident) => {
      const after = Number(call.url.searchParams.get("after") ?? 0);
      call.send(200, { ...timelinePage(standin.world, incident, after), seq: standin.world.seq });
    }),
  acknowledgeIncident: (standin, call) =>
    withIncident(standin, call, (incident) => {
      standin.world.acknowledge(incident, "user:ada");
      call.send(200, standin.world.incidentNow(incident));
    }),
  escalateIncident: (standin, call) =>
    withIncident(standin, call, (incident) => {
      if (!standin.world.escalate(incident)) {
        return call.send(409, failure("failed_precondition", "there is nobody else to ring"));
      }
      call.send(200, standin.world.incidentNow(incident));
    }),
  openIncidentChannel: (standin, call) =>
    withIncident(standin, call, (incident) => {
      standin.world.openChannel(incident, "user:ada");
      call.send(200, standin.world.incidentNow(incident));
    }),
  snoozeIncident: (standin, call) =>
    withIncident(standin, call, (incident) => {
      const minutes =
        { m: 1, h: 60 }[call.input.for.slice(-1)] * Number.parseInt(call.input.for, 10);
      standin.world.snooze(incident, "user:ada", minutes * 60_000);
      call.send(200, standin.world.incidentNow(incident));
    }),
  setIncidentState: (standin, call) =>
    withIncident(standin, call, (incident) => {
      const { state, note } = call.input;
      const fires = standin.world.alerts.some(
        (one) => one.incident === incident.id && one.state === "firing",
      );
      if (state === "resolved" && fires) {
        return call.send(
          400,
          failure(
            "failed_precondition",
            "its alerts still fire; it resolves by itself when they are over",
          ),
        );
      }
      const from = incident.state;
      incident.state = state;
      standin.world.add(
        "incident.moved",
        "incident",
        incident.id,
        { from, to: state, note: note ?? "" },
        { incident: incident.id, actor: "user:ada" },
      );
      call.send(200, standin.world.incidentNow(incident));
    }),
  setIncidentSeverity: (standin, call) =>
    withIncident(standin, call, (incident) => {
      const from = incident.severity;
      incident.severity = call.input.severity;
      standin.world.add(
        "incident.severity_set",
        "incident",
        incident.id,
        { from, to: incident.severity },
        { incident: incident.id, actor: "user:ada" },
      );
      call.send(200, standin.world.incidentNow(incident));
    }),
  addIncidentNote: (standin, call) =>
    withIncident(standin, call, (incident) => {
      const data = { text: call.input.text };
      call.send(
        201,
        standin.world.add("incident.noted", "incident", incident.id, data, {
          incident: incident.id,
          actor: "user:ada",
        }),
      );
    }),
  listObjectives: ({ world }, { send }) =>
    send(200, { objectives: objectives.map((spec) => world.objective(spec)), seq: world.seq }),
  readObjective: ({ world }, call) =>
    withObjective(call, (spec) => call.send(200, world.objective(spec))),
  chartObjective: ({ world }, call) =>
    withObjective(call, (spec) => {
      const window = windowMs(call.url.searchParams.get("window"));
      if (!window)
        return call.send(400, failure("invalid_argument", "window is no duration, such as 1h"));
      call.send(200, world.chart(spec, window));
    }),
  stream: (standin, call) => standin.stream(call),
};
