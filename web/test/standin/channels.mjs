// Channels of the stand-in and what they could not deliver.
import { failure } from "./handlers.mjs";
import { iso } from "./traffic.mjs";

const minute = 60_000;

export class Channels {
  constructor(world) {
    this.world = world;
    const letter = (n, ago, what) => ({
      id: `dlv_${n}`,
      created: iso(world.now - ago - 2880 * minute),
      failed: iso(world.now - ago),
      tries: 116,
      type: "notification",
      ...what,
    });
    this.letters = [
      letter(1, 4 * minute, {
        person: "grace",
        channel: "sms",
        to: "+49...56",
        type: "page",
        title: "SEV-1 checkout: customers cannot pay",
        tries: 10,
        why: "10 tries failed; the last: sms twilio-a answered 503",
      }),
      letter(2, 50 * minute, {
        person: "#ops",
        channel: "webhook",
        to: "hooks.example.org",
        title: "Recovered: checkout",
        why: "116 tries failed within 2d; the last: webhook hooks.example.org: connection refused",
      }),
      letter(3, 300 * minute, {
        person: "alan",
        channel: "webhook",
        to: "gone.example.org",
        title: "You are on call: Payments",
        tries: 1,
        why: "webhook gone.example.org answered 404",
      }),
    ];
  }

  fares() {
    const { now } = this.world;
    return [
      {
        channel: "mail",
        provider: "mail",
        state: "ok",
        failures_in_row: 0,
        last_success: iso(now - 9 * minute),
      },
      { channel: "push", provider: "push", state: "unused", failures_in_row: 0 },
      {
        channel: "sms",
        provider: "twilio-a",
        state: "failing",
        failures_in_row: 4,
        last_success: iso(now - 180 * minute),
        last_failure: iso(now - 4 * minute),
        last_error: "sms twilio-a answered 503: the service is not available at the moment",
      },
    ];
  }
}

const sizeOfPage = 2; // so that the page has to ask for more

export const channelHandlers = {
  listChannels: ({ world }, { send }) => send(200, { channels: world.channels.fares() }),
  listDeadLetters: ({ world }, { url, send }) => {
    const asked = url.searchParams;
    const fit = world.channels.letters.filter(
      (one) =>
        (!asked.get("channel") || one.channel === asked.get("channel")) &&
        (asked.get("retried") !== "false" || !one.retried_as),
    );
    const from = Number(asked.get("after") ?? 0);
    const next = from + sizeOfPage < fit.length ? String(from + sizeOfPage) : null;
    send(200, { dead_letters: fit.slice(from, from + sizeOfPage), next });
  },
  retryDeadLetter: ({ world }, { url, send }) => {
    const id = decodeURIComponent(url.pathname.split("/")[5]);
    const letter = world.channels.letters.find((one) => one.id === id);
    if (!letter) return send(404, failure("not_found", `there is no delivery '${id}'`));
    if (letter.person === "alan") {
      const text =
        "person 'alan' has no contact 'webhook' any more; see their contacts in the catalog";
      return send(409, failure("failed_precondition", text));
    }
    letter.retried_as = `${id}_again`;
    const { person, channel, to } = letter;
    send(202, {
      id: letter.retried_as,
      person,
      channel,
      to,
      state: "pending",
      tries: 0,
      retry_of: id,
    });
  },
};
