import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { call } from "../../api/client";
import { keys } from "../../api/queries";
import type { Incident, IncidentDetail, IncidentList } from "../../api/types";
import { announce } from "../../ui/announce";

// The server's answer goes into every place that shows the incident; the stream brings the rest.
export function putIncident(client: QueryClient, incident: Incident): void {
  client.setQueryData<IncidentList>(
    keys.incidents,
    (old) =>
      old && {
        ...old,
        incidents: old.incidents.map((one) => (one.id === incident.id ? incident : one)),
      },
  );
  for (const [key, data] of client.getQueriesData<IncidentDetail>({ queryKey: ["incident"] })) {
    if (data?.incident.id !== incident.id) continue;
    client.setQueryData<IncidentDetail>(key, { ...data, incident });
    void client.invalidateQueries({ queryKey: key, exact: true });
  }
}

export function useAcknowledge() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (incident: Incident) =>
      call("post", "/api/v1/incidents/{id}/acknowledge", { path: { id: incident.id } }),
    onSuccess: (incident) => {
      putIncident(client, incident);
      announce(`Incident ${incident.number} is acknowledged`);
    },
  });
}
