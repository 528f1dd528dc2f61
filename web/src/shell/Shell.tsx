import { useIsFetching, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { incidentsQuery, keys, sessionQuery } from "../api/queries";
import { useKey } from "../keys/useKeys";
import { goLive } from "../live/live";
import { nextTheme, readTheme, setTheme } from "../theme/theme";
import { setRegions } from "../ui/announce";
import { BellIcon, GaugeIcon, ListIcon, PhoneIcon } from "../ui/icons";
import { isOver } from "../words/severity";
import { RungBanner } from "./RungBanner";
import { StaleBanner } from "./StaleBanner";
import { TopBar } from "./TopBar";

const KeyHelp = lazy(() => import("../keys/KeyHelp").then((made) => ({ default: made.KeyHelp })));

// `on`: the screens that belong to a place.
const places = [
  { to: "/", says: "Now", icon: <BellIcon />, on: /^\/$|^\/incidents/ },
  { to: "/alerts", says: "Alerts", icon: <ListIcon />, on: /^\/(alerts|silences|history|routes)/ },
  { to: "/oncall", says: "On call", icon: <PhoneIcon />, on: /^\/oncall/ },
  { to: "/objectives", says: "Objectives", icon: <GaugeIcon />, on: /^\/objectives/ },
] as const;

export function Shell() {
  const [helpOpen, setHelpOpen] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const session = useQuery(sessionQuery);

  useEffect(() => {
    goLive(client, () => {
      client.setQueryData(keys.session, null);
      void router.invalidate();
    });
  }, [client, router]);

  useKey("go.now", () => navigate({ to: "/" }));
  useKey("go.alerts", () => navigate({ to: "/alerts" }));
  useKey("go.silences", () => navigate({ to: "/silences" }));
  useKey("go.history", () => navigate({ to: "/history" }));
  useKey("go.routes", () => navigate({ to: "/routes" }));
  useKey("go.oncall", () => navigate({ to: "/oncall" }));
  useKey("go.objectives", () => navigate({ to: "/objectives" }));
  useKey("back", () => router.history.back());
  useKey("theme", () => setTheme(nextTheme(readTheme())));
  useKey("help", () => setHelpOpen(true));
  useTabSign();
  useSettledFlag();

  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="button sr-only focus:not-sr-only focus:absolute focus:z-20 focus:m-2"
      >
        Skip to the content
      </a>
      <TopBar me={session.data ?? null} onHelp={() => setHelpOpen(true)}>
        <Places className="hidden items-stretch self-stretch sm:flex" />
      </TopBar>
      <main
        id="main"
        tabIndex={-1}
        className="mx-auto w-full max-w-6xl flex-1 px-3 pt-4 pb-24 outline-none sm:px-6 sm:pb-10"
      >
        <div className="mb-4 grid gap-3 empty:hidden">
          <StaleBanner />
          <RungBanner me={session.data ?? null} />
        </div>
        <Outlet />
      </main>
      <Places className="fixed inset-x-0 bottom-0 z-10 flex justify-around border-t border-line bg-surface sm:hidden" />
      {helpOpen && (
        <Suspense>
          <KeyHelp open onClose={() => setHelpOpen(false)} />
        </Suspense>
      )}
      <Regions />
    </div>
  );
}

function Places({ className }: { className: string }) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav aria-label="Screens" className={className}>
      {places.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          activeOptions={{ exact: true }}
          className="nav-link"
          aria-current={place.on.test(path) ? "page" : undefined}
        >
          {place.icon}
          {place.says}
        </Link>
      ))}
    </nav>
  );
}

function Regions() {
  const polite = useRef<HTMLDivElement>(null);
  const urgent = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setRegions({ polite: polite.current, urgent: urgent.current });
    return () => setRegions({ polite: null, urgent: null });
  }, []);
  return (
    <>
      <div ref={polite} role="status" className="sr-only" />
      <div ref={urgent} role="alert" className="sr-only" />
    </>
  );
}

const titles: Record<string, string> = {
  objectives: "Objectives",
  incidents: "Incident",
  alerts: "Alerts",
  silences: "Silences",
  history: "History",
  routes: "Routes",
  oncall: "On call",
  account: "Account",
};

// The tab's own title and picture tell whether something is wrong, also from the background.
function useTabSign(): void {
  const { data } = useQuery(incidentsQuery);
  const open = data?.incidents.filter((incident) => !isOver(incident.state)).length ?? 0;
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    const [, first] = path.split("/");
    const place = first ? titles[first] : "Now";
    document.title = `${open > 0 ? `(${open}) ` : ""}${place} · Tocsin`;
    const icon = document.getElementById("favicon");
    const href = open > 0 ? "/favicon-alert.svg" : "/favicon.svg";
    if (icon?.getAttribute("href") !== href) icon?.setAttribute("href", href);
  }, [open, path]);
}

// For journeys and screenshots: nothing is being loaded.
function useSettledFlag(): void {
  const fetching = useIsFetching();
  const status = useRouterState({ select: (state) => state.status });
  useEffect(() => {
    document.documentElement.dataset.settled = String(fetching === 0 && status === "idle");
  }, [fetching, status]);
}
