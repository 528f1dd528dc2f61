import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { sessionQuery } from "./api/queries";
import { CrashScreen } from "./shell/CrashScreen";
import { Shell } from "./shell/Shell";

// A search parameter that is not named here reaches the screen as it was typed: each
// `validateSearch` therefore names all of its own, undefined where the value is not good.
export function ownPath(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}

interface Context {
  client: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: CrashScreen,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/signin",
  // Only a path of our own may be the next one.
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: ownPath(search.next),
  }),
  component: lazyRouteComponent(() => import("./routes/signin/SignIn"), "SignIn"),
});

const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const me = await context.client.ensureQueryData(sessionQuery);
    if (me) return;
    const next = location.href === "/" ? {} : { next: location.href };
    throw redirect({ to: "/signin", search: next });
  },
  component: Shell,
});

const now = createRoute({
  getParentRoute: () => signedIn,
  path: "/",
  component: lazyRouteComponent(() => import("./routes/now/Now"), "Now"),
});

const textOf = (value: unknown) =>
  value === undefined || value === "" ? undefined : String(value);

export const objectiveStates = ["burning", "exhausted", "no_data", "ok"] as const;
export interface ObjectivesSearch {
  q?: string | undefined;
  state?: (typeof objectiveStates)[number] | undefined;
}

const objectives = createRoute({
  getParentRoute: () => signedIn,
  path: "/objectives",
  validateSearch: (search: Record<string, unknown>): ObjectivesSearch => ({
    q: textOf(search.q),
    state: objectiveStates.find((name) => name === search.state),
  }),
  component: lazyRouteComponent(() => import("./routes/objectives/Objectives"), "Objectives"),
});

export const chartWindows = ["1h", "6h", "1d", "30d"] as const;
export type ChartWindow = (typeof chartWindows)[number];

const objective = createRoute({
  getParentRoute: () => signedIn,
  path: "/objectives/$name",
  validateSearch: (search: Record<string, unknown>): { window?: ChartWindow | undefined } => ({
    window: chartWindows.find((name) => name === search.window),
  }),
  component: lazyRouteComponent(() => import("./routes/objectives/Objective"), "ObjectiveScreen"),
});

const incident = createRoute({
  getParentRoute: () => signedIn,
  path: "/incidents/$id",
  component: lazyRouteComponent(() => import("./routes/incident/Incident"), "IncidentScreen"),
});

export interface AlertsSearch {
  q?: string | undefined;
  state?: string | undefined;
  by?: string | undefined; // empty: no groups
}

const alerts = createRoute({
  getParentRoute: () => signedIn,
  path: "/alerts",
  validateSearch: (search: Record<string, unknown>): AlertsSearch => ({
    q: textOf(search.q),
    state: textOf(search.state),
    by: search.by === undefined ? undefined : String(search.by),
  }),
  component: lazyRouteComponent(() => import("./routes/alerts/Alerts"), "Alerts"),
});

const posted = createRoute({
  getParentRoute: () => signedIn,
  path: "/alerts/$fingerprint",
  component: lazyRouteComponent(() => import("./routes/alerts/Alert"), "AlertScreen"),
});

const silences = createRoute({
  getParentRoute: () => signedIn,
  path: "/silences",
  validateSearch: (
    search: Record<string, unknown>,
  ): { new?: string | undefined; q?: string | undefined } => ({
    new: search.new === undefined ? undefined : String(search.new),
    q: textOf(search.q),
  }),
  component: lazyRouteComponent(() => import("./routes/silences/Silences"), "Silences"),
});

export interface HistorySearch {
  q?: string | undefined;
  kind?: string | undefined;
  receiver?: string | undefined;
  span?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const history = createRoute({
  getParentRoute: () => signedIn,
  path: "/history",
  validateSearch: (search: Record<string, unknown>): HistorySearch => ({
    q: textOf(search.q),
    kind: textOf(search.kind),
    receiver: textOf(search.receiver),
    span: textOf(search.span),
    from: textOf(search.from),
    to: textOf(search.to),
  }),
  component: lazyRouteComponent(() => import("./routes/history/HistorySearch"), "HistorySearch"),
});

const routing = createRoute({
  getParentRoute: () => signedIn,
  path: "/routes",
  validateSearch: (search: Record<string, unknown>): { labels?: string | undefined } => ({
    labels: textOf(search.labels),
  }),
  component: lazyRouteComponent(() => import("./routes/routing/Routing"), "Routing"),
});

// Texts that the screen itself makes sense of.
const texts =
  <K extends string>(...names: K[]) =>
  (search: Record<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, textOf(search[name])])) as {
      [name in K]?: string | undefined;
    };

const onCall = createRoute({
  getParentRoute: () => signedIn,
  path: "/oncall",
  validateSearch: texts("take"),
  component: lazyRouteComponent(() => import("./routes/oncall/OnCall"), "OnCall"),
});

const schedule = createRoute({
  getParentRoute: () => signedIn,
  path: "/oncall/schedules/$name",
  validateSearch: texts("at", "view", "zone", "layers", "override", "swap", "take", "form"),
  component: lazyRouteComponent(() => import("./routes/oncall/Schedule"), "ScheduleScreen"),
});

const policy = createRoute({
  getParentRoute: () => signedIn,
  path: "/oncall/policies/$name",
  validateSearch: texts("at", "severity", "round"),
  component: lazyRouteComponent(() => import("./routes/oncall/Policy"), "PolicyScreen"),
});

const load = createRoute({
  getParentRoute: () => signedIn,
  path: "/oncall/load",
  validateSearch: texts("span"),
  component: lazyRouteComponent(() => import("./routes/oncall/Load"), "LoadScreen"),
});

const channels = createRoute({
  getParentRoute: () => signedIn,
  path: "/oncall/channels",
  validateSearch: texts("channel", "sent"),
  component: lazyRouteComponent(() => import("./routes/channels/Channels"), "Channels"),
});

const account = createRoute({
  getParentRoute: () => signedIn,
  path: "/account",
  component: lazyRouteComponent(() => import("./routes/account/Account"), "Account"),
});

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([
    now,
    objectives,
    objective,
    incident,
    alerts,
    posted,
    silences,
    history,
    routing,
    onCall,
    schedule,
    policy,
    load,
    channels,
    account,
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultNotFoundComponent: NotFound,
    defaultErrorComponent: CrashScreen,
    scrollRestoration: true,
  });
}

function NotFound() {
  return (
    <div className="mx-auto max-w-xl p-8">
      <h1 className="text-2xl font-semibold">There is no such screen</h1>
      <p className="mt-2">
        <a href="/">Go to Now</a>
      </p>
    </div>
  );
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
