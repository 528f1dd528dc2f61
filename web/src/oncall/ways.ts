// By which ways a page comes, as sentences. Pure.
import type { OnCallMe } from "../api/oncall";
import { durationText } from "../time/format";
import { channelName } from "../words/channels";

export type NextPage = NonNullable<OnCallMe["next_page"]>;
type Way = NextPage["ways"][number];

// "SMS (phone, +49 30 ...56)"; the name of a contact that is called like its kind says nothing new.
export function wayName({ contact, channel, to }: Way): string {
  const more = [contact === channel ? "" : contact, channel === "push" ? "" : to];
  const said = more.filter(Boolean).join(", ");
  const name = channel === "push" ? "your browsers" : channelName(channel);
  return `${name}${said === "" ? "" : ` (${said})`}`;
}

// Whether nobody has shown that it reaches the person; unknown contacts are not complained about.
export function isUnverified({ contact }: Way, contacts: OnCallMe["contacts"]): boolean {
  return contacts.find(({ name }) => name === contact)?.verified_at === null;
}

// When the n-th way begins, counted from when the person is rung.
export function wayTime({ after_seconds }: Way, n: number): string {
  if (after_seconds === null) return n === 0 ? "at once" : "when the one before fails";
  if (after_seconds <= 0) return "at once";
  const after = `after ${durationText(after_seconds * 1000)}`;
  return n === 0 ? after : `${after}, at once when the one before fails`;
}

export function endText({ ways, keep_ringing_seconds }: NextPage): string {
  if (ways.length === 0) return "";
  if (keep_ringing_seconds <= 0) return "Then the next person's turn comes.";
  return `Then all over again, ${durationText(keep_ringing_seconds * 1000)} later, until you answer.`;
}

export function quietText({ quiet_hours, is_quiet, zone }: NextPage): string {
  if (quiet_hours === "") return "";
  return `Quiet hours: ${quiet_hours} (${zone})${is_quiet ? ", now" : ""}. A page rings all the same.`;
}
