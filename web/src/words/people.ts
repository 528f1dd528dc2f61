import { useQuery } from "@tanstack/react-query";
import { catalogQuery } from "../api/queries";
import { actorText } from "./actors";

// From a person's id or an actor ("user:ada") to the catalog's name; the id where it is not known.
export function usePersonName(): (id: string) => string {
  const { data } = useQuery(catalogQuery);
  return (id) => {
    const bare = id.startsWith("user:") ? id.slice(5) : id;
    const person = data?.people.find((one) => one.id === bare);
    return person?.name ?? actorText(id);
  };
}

export function useService(id: string | undefined) {
  const { data } = useQuery(catalogQuery);
  return data?.services.find((one) => one.id === id);
}

export function useTeamName(): (id: string) => string {
  const { data } = useQuery(catalogQuery);
  return (id) => data?.teams.find((one) => one.id === id)?.name || id;
}

export function useServiceName(): (id: string) => string {
  const { data } = useQuery(catalogQuery);
  return (id) => data?.services.find((one) => one.id === id)?.name || id;
}
