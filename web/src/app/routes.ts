/** Every screen of the console: the only table of them. First parts of paths are also in console/routes.py. */
import type { IconName } from "@/ui";
import { declareRoutes } from "@/lib/router";
import { type Screen, screen } from "@/lib/screens";

export interface Route {
  /** A pattern; ":name" stands for one part. */
  path: string;
  screen: Screen;
  /** The entry of the navigation that is marked. */
  section: Section;
}

export type Section = "overview" | "tasks" | "schedules" | "machines" | "vulns" | "explorer" | "settings" | "none";

export interface Entry {
  section: Exclude<Section, "none">;
  to: string;
  icon: IconName;
  /** Pressed after g. */
  key: string;
  permission: string;
}

/** The navigation, top to bottom. */
export const ENTRIES: readonly Entry[] = [
  { section: "overview", to: "/", icon: "gauge", key: "o", permission: "scan:read" },
  { section: "tasks", to: "/tasks", icon: "list", key: "t", permission: "scan:read" },
  { section: "schedules", to: "/schedules", icon: "calendar", key: "c", permission: "schedule:read" },
  { section: "machines", to: "/machines", icon: "server", key: "m", permission: "machine:read" },
  { section: "vulns", to: "/vulns", icon: "bug", key: "v", permission: "scan:read" },
  { section: "explorer", to: "/explorer", icon: "terminal", key: "x", permission: "scan:read" },
  { section: "settings", to: "/settings", icon: "settings", key: "s", permission: "scan:read" },
];

export const ROUTES: readonly Route[] = [
  { path: "/", section: "overview", screen: screen(() => import("@/screens/overview")) },
  { path: "/tasks", section: "tasks", screen: screen(() => import("@/screens/tasks")) },
  { path: "/tasks/:module/:task", section: "tasks", screen: screen(() => import("@/screens/task")) },
  { path: "/scan/new", section: "tasks", screen: screen(() => import("@/screens/newscan")) },
  { path: "/schedules", section: "schedules", screen: screen(() => import("@/screens/schedules")) },
  { path: "/machines", section: "machines", screen: screen(() => import("@/screens/machines")) },
  { path: "/machines/enroll", section: "machines", screen: screen(() => import("@/screens/enrol")) },
  { path: "/vulns", section: "vulns", screen: screen(() => import("@/screens/vulns")) },
  { path: "/vulns/:vul", section: "vulns", screen: screen(() => import("@/screens/vulns")) },
  { path: "/explorer", section: "explorer", screen: screen(() => import("@/screens/explorer")) },
  { path: "/settings", section: "settings", screen: screen(() => import("@/screens/settings")) },
  { path: "/settings/:page", section: "settings", screen: screen(() => import("@/screens/settings")) },
  { path: "/__states/ui", section: "none", screen: screen(() => import("@/ui/gallery")) },
];

export const LOGIN = screen(() => import("@/screens/login"));

declareRoutes(["/login", ...ROUTES.map((route) => route.path)]);

export function routeOf(pattern: string): Route | undefined {
  return ROUTES.find((route) => route.path === pattern);
}
