// The ways by which messages leave, as people call them.
import type { components } from "../api/schema";

type Channel = components["schemas"]["Contact"]["channel"];

const names: Record<Channel, string> = {
  webhook: "webhook",
  mail: "mail",
  sms: "SMS",
  voice: "telephone",
  push: "Web Push",
  slack: "Slack",
  slack_user: "Slack direct message",
  teams: "Microsoft Teams",
  telegram: "Telegram",
  ntfy: "ntfy",
  pushover: "Pushover",
  http: "another provider",
};

export const channels = Object.keys(names) as readonly Channel[];

// What this page does not know yet keeps the server's name.
export const channelName = (channel: string): string =>
  Object.hasOwn(names, channel) ? names[channel as Channel] : channel;
