import { useQuery } from "@tanstack/react-query";
import { Link, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { incidentsQuery } from "../api/queries";
import type { Me } from "../api/types";
import { AcknowledgeButton } from "../routes/incident/AcknowledgeButton";
import { announceUrgent } from "../ui/announce";
import { Banner } from "../ui/Banner";
import { isOver } from "../words/severity";

// You are the one who is being rung now: said on every screen, and at once to screen readers.
export function RungBanner({ me }: { me: Me | null }) {
  const { data } = useQuery(incidentsQuery);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const mine = data?.incidents.find(
    (incident) =>
      me?.person != null &&
      incident.ringing === me.person &&
      !incident.who_has_it &&
      !isOver(incident.state),
  );
  const number = mine?.number;
  useEffect(() => {
    announceUrgent(number === undefined ? "" : `You are being rung for incident ${number}`);
  }, [number]);
  // These screens show it, with its button, themselves.
  if (!mine || path === "/" || path === `/incidents/${mine.number}`) return null;
  return (
    <Banner tone="critical" action={<AcknowledgeButton incident={mine} />}>
      <strong>You are being rung:</strong>{" "}
      <Link to="/incidents/$id" params={{ id: String(mine.number) }}>
        #{mine.number} {mine.title}
      </Link>
    </Banner>
  );
}
