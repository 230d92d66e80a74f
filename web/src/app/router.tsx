/* Routes: one view each, loaded when it is first shown. What a link needs stands in the address; nothing about people does. */

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";

import { NotFound } from "../components/states.tsx";
import { isDate, today } from "../model/day.ts";
import { Shell } from "./shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const dateSearch = (search: Record<string, unknown>): { date?: string } =>
  typeof search["date"] === "string" && isDate(search["date"]) && search["date"] !== today()
    ? { date: search["date"] }
    : {};

const flowSearch = (search: Record<string, unknown>): { by?: "day"; few?: boolean } => ({
  ...(search["by"] === "day" ? { by: "day" as const } : {}),
  ...(search["few"] === true ? { few: true } : {}),
});

const todayRoute = createRoute({
  getParentRoute: () => root,
  path: "/",
  validateSearch: dateSearch,
  component: lazyRouteComponent(() => import("../views/today/today.tsx"), "TodayView"),
});

const personRoute = createRoute({
  getParentRoute: () => root,
  path: "/people/$person",
  validateSearch: dateSearch,
  component: lazyRouteComponent(() => import("../views/person/person.tsx"), "PersonView"),
});

const removedRoute = createRoute({
  getParentRoute: () => root,
  path: "/removed",
  validateSearch: flowSearch,
  component: lazyRouteComponent(() => import("../views/removed/removed.tsx"), "RemovedView"),
});

const plain = [
  createRoute({
    getParentRoute: () => root,
    path: "/start",
    component: lazyRouteComponent(() => import("../views/start/start.tsx"), "StartView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/devices",
    component: lazyRouteComponent(() => import("../views/devices/devices.tsx"), "DevicesView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/try-leak",
    component: lazyRouteComponent(() => import("../views/trial/trial.tsx"), "TrialView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/spills",
    component: lazyRouteComponent(() => import("../views/spills/spills.tsx"), "SpillsView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/emergency",
    component: lazyRouteComponent(() => import("../views/emergency/emergency.tsx"), "EmergencyView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/policy",
    component: lazyRouteComponent(() => import("../views/policy/policy.tsx"), "PolicyView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/directory",
    component: lazyRouteComponent(() => import("../views/directory/directory.tsx"), "DirectoryView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/users",
    component: lazyRouteComponent(() => import("../views/users/users.tsx"), "UsersView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/audit",
    component: lazyRouteComponent(() => import("../views/audit/audit.tsx"), "AuditView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/settings",
    component: lazyRouteComponent(() => import("../views/settings/settings.tsx"), "SettingsView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/recovery-codes",
    component: lazyRouteComponent(() => import("../views/my-sign-in/recovery.tsx"), "RecoveryCodesView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/my-sign-in",
    component: lazyRouteComponent(() => import("../views/my-sign-in/my-sign-in.tsx"), "MySignInView"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/setup",
    component: lazyRouteComponent(() => import("../views/setup/setup.tsx"), "SetupView"),
  }),
];

/** Made when the page starts, since it reads the address at once. */
export function makeWardRouter() {
  return createRouter({
    routeTree: root.addChildren([todayRoute, personRoute, removedRoute, ...plain]),
    defaultPreload: "intent",
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeWardRouter>;
  }
}
