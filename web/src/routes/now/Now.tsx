import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { alertsQuery, incidentsQuery, objectivesQuery, statusQuery } from "../../api/queries";
import type { Incident } from "../../api/types";
import { moveFocus, useKey } from "../../keys/useKeys";
import { useIsStale } from "../../live/live";
import { announce } from "../../ui/announce";
import { Fetched } from "../../ui/Fetched";
import { plural } from "../../words/numbers";
import { isOver, worstFirst } from "../../words/severity";
import { canAcknowledge } from "../incident/AcknowledgeButton";
import { useAcknowledge } from "../incident/acknowledge";
import { Calm } from "./Calm";
import { IncidentCard } from "./IncidentCard";
import { BudgetsPanel, NoDataPanel, RecentPanel, TicketsPanel } from "./panels";
import { TroublePanel, WatchStrip } from "./WatchStrip";

// Worst first; of the same severity the one that nobody has comes first.
function byNeed(a: Incident, b: Incident): number {
  return (
    a.severity - b.severity ||
    Number(a.who_has_it !== null) - Number(b.who_has_it !== null) ||
    b.number - a.number
  );
}

export function Now() {
  const incidents = useQuery(incidentsQuery);
  const alerts = useQuery(alertsQuery);
  const objectives = useQuery(objectivesQuery);
  const status = useQuery(statusQuery);
  const stale = useIsStale();
  const list = useRef<HTMLDivElement>(null);
  const acknowledge = useAcknowledge();

  const open = (incidents.data?.incidents ?? []).filter((one) => !isOver(one.state)).sort(byNeed);
  const tickets = (alerts.data?.alerts ?? []).filter((one) => !one.incident);
  const all = [...(objectives.data?.objectives ?? [])].sort(worstFirst);
  const noData = all.filter((one) => one.state === "no_data");
  const over = (incidents.data?.incidents ?? []).filter((one) => isOver(one.state));
  const trouble = status.data?.trouble ?? [];

  useKey("next", () => moveFocus(list.current, "[data-row]", 1));
  useKey("previous", () => moveFocus(list.current, "[data-row]", -1));
  useKey("acknowledge", () => {
    const waiting = open.filter(canAcknowledge);
    const focused = document.activeElement
      ?.closest("[data-incident]")
      ?.getAttribute("data-incident");
    const one = waiting.find((incident) => incident.id === focused) ?? waiting[0];
    if (!one) announce("No incident waits for an acknowledgement");
    else if (waiting.length > 1 && one.id !== focused)
      announce("Choose an incident first, with j or k");
    else acknowledge.mutate(one);
  });

  return (
    <div ref={list} className="grid grid-cols-1 gap-4">
      <Fetched query={incidents} what="the incidents">
        {() =>
          open.length > 0 ? (
            <section aria-labelledby="wrong" className="grid grid-cols-1 gap-3">
              <h1 id="wrong" className="text-2xl font-semibold">
                {open.length === 1
                  ? "1 incident is open"
                  : `${plural(open.length, "incident")} are open`}
              </h1>
              {open.map((incident) => (
                <IncidentCard key={incident.id} incident={incident} />
              ))}
            </section>
          ) : (
            <Fetched query={status} what="the server's state">
              {(data) => (
                <Calm
                  status={data}
                  services={new Set(all.map((one) => one.service)).size}
                  tickets={tickets.length}
                  noData={noData.length}
                  stale={stale}
                />
              )}
            </Fetched>
          )
        }
      </Fetched>
      {tickets.length > 0 && <TicketsPanel alerts={tickets} />}
      {noData.length > 0 && <NoDataPanel objectives={noData} />}
      {trouble.length > 0 && <TroublePanel trouble={trouble} />}
      {all.length > 0 && <BudgetsPanel objectives={all.filter((one) => one.state !== "no_data")} />}
      {over.length > 0 && <RecentPanel incidents={over} />}
      {status.data && <WatchStrip status={status.data} withAge={open.length > 0} />}
    </div>
  );
}
