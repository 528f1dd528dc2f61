import "../../theme/alerts.css";
import "../../theme/oncall.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { onCallMeQuery, type ScheduleSummary } from "../../api/oncall";
import { catalogQuery, sessionQuery } from "../../api/queries";
import { Banner } from "../../ui/Banner";
import { usePersonName } from "../../words/people";

const screens = [
  { to: "/oncall", says: "On call" },
  { to: "/oncall/load", says: "Load" },
  { to: "/oncall/channels", says: "Channels" },
] as const;

// The head of each screen of on-call: its name, the way to the others, what can be done.
export function Head({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <div className="flex flex-wrap items-baseline gap-x-5 gap-y-2">
      <h1 className="text-2xl font-semibold">{title}</h1>
      <nav aria-label="On call" className="links mr-auto">
        {screens
          .filter(({ says }) => says !== title)
          .map(({ to, says }) => (
            <Link key={to} to={to}>
              {says}
            </Link>
          ))}
      </nav>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}

export function Who({ id, colours }: { id: string; colours?: ReadonlyMap<string, number> }) {
  const nameOf = usePersonName();
  return (
    <span className="who" data-who={colours?.get(id) ?? "none"}>
      {nameOf(id)}
    </span>
  );
}

export function Whos({ ids, colours }: { ids: string[]; colours?: ReadonlyMap<string, number> }) {
  if (ids.length === 0) {
    return (
      <span className="who" data-who="nobody">
        Nobody
      </span>
    );
  }
  return (
    <span className="inline-flex flex-wrap gap-1.5">
      {ids.map((id) => (
        <Who key={id} id={id} {...(colours ? { colours } : {})} />
      ))}
    </span>
  );
}

// Who asks, and what is theirs: schedules of their teams, and those that they have shifts in.
export function useMine() {
  const session = useQuery(sessionQuery).data;
  const me = session?.person ?? "";
  const catalog = useQuery(catalogQuery).data;
  const shifts = useQuery(onCallMeQuery(me)).data;
  const teams = new Set(
    catalog?.teams.filter((team) => team.members.includes(me)).map(({ id }) => id),
  );
  const schedules = new Set(
    [...(shifts?.now ?? []), ...(shifts?.shifts ?? [])].map(({ schedule }) => schedule),
  );
  return {
    me,
    isAdmin: session?.role === "admin",
    teams,
    isMine: ({ id, team }: Pick<ScheduleSummary, "id" | "team">) =>
      teams.has(team) || schedules.has(id),
  };
}

interface WhoProps {
  me: string;
  person: string;
  onChange: (person: string) => void;
}

// Whose it is: one's own, and for admins anybody's.
export function WhoField({ me, person, onChange }: WhoProps) {
  const nameOf = usePersonName();
  const { isAdmin } = useMine();
  const people = useQuery(catalogQuery).data?.people ?? [];
  if (!isAdmin) {
    return (
      <p>
        <span className="text-sm font-medium">Who: </span>
        {nameOf(person)} (you)
      </p>
    );
  }
  return (
    <label className="grid gap-1">
      <span className="text-sm font-medium">Who</span>
      <select
        className="field"
        data-first=""
        value={person}
        onChange={(event) => onChange(event.target.value)}
      >
        {person === "" && <option value="">Choose</option>}
        {people.map(({ id }) => (
          <option key={id} value={id}>
            {nameOf(id)}
            {id === me ? " (you)" : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

const narrow = "(max-width: 39.99rem)";
export function useIsNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const query = matchMedia(narrow);
      query.addEventListener("change", listener);
      return () => query.removeEventListener("change", listener);
    },
    () => matchMedia(narrow).matches,
  );
}

export function Refusal({ children }: { children: React.ReactNode }) {
  return (
    <p role="alert" data-tone="critical" className="severity-edge pl-2 text-sm">
      {children}
    </p>
  );
}

// Why the buttons of a person do nothing for this account.
export function NoPerson() {
  return (
    <Banner tone="info">
      Your account belongs to nobody in the catalog, so it has no shifts and cannot take the pager.
      An administrator can give it a person.
    </Banner>
  );
}
