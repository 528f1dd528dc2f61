import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../../api/queries";
import type { Incident } from "../../api/types";
import { TimeText } from "../../time/TimeText";
import { Shape } from "../../ui/Badge";
import { usePersonName } from "../../words/people";
import { isOver, type Tone } from "../../words/severity";

export function WhoHasIt({ incident }: { incident: Incident }) {
  const { data: me } = useQuery(sessionQuery);
  const nameOf = usePersonName();
  const say = (tone: Tone, words: React.ReactNode) => (
    <span className="inline-flex items-baseline gap-1.5" data-tone={tone}>
      <span className="w-3 flex-none self-center text-(--tone)">
        <Shape tone={tone} />
      </span>
      <span>{words}</span>
    </span>
  );
  if (incident.who_has_it && isOver(incident.state)) {
    return say("ok", `${nameOf(incident.who_has_it)} had it`);
  }
  if (incident.who_has_it) {
    return say(
      "ok",
      <>
        <strong>{nameOf(incident.who_has_it)} has it</strong>
        {incident.times.acknowledged && (
          <>
            {" "}
            since <TimeText at={incident.times.acknowledged} />
          </>
        )}
      </>,
    );
  }
  if (isOver(incident.state)) return say("unknown", "Nobody acknowledged it");
  if (incident.ringing) {
    const isMe = me?.person != null && me.person === incident.ringing;
    return say(
      "high",
      <strong>{isMe ? "You are being rung" : `Ringing ${nameOf(incident.ringing)}`}</strong>,
    );
  }
  return say("critical", <strong>Nobody has it and nobody is being rung</strong>);
}
