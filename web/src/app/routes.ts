/** Every screen of the console: the only table of them. First parts of paths are also in console/routes.py. */
import { type ComponentType, lazy, type LazyExoticComponent } from "react";
import type { IconName } from "@/ui";
import { declareRoutes } from "@/lib/router";

type Screen = LazyExoticComponent<ComponentType>;

export interface Route {
  /** A pattern; ":name" stands for one part. */
  path: string;
  screen: Screen;
  /** The entry of the navigation that is marked. */
  section: Section;
}

export type Section = "overview" | "tasks" | "schedules" | "machines" | "explorer" | "settings" | "none";

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
  { section: "explorer", to: "/explorer", icon: "terminal", key: "x", permission: "scan:read" },
  { section: "settings", to: "/settings", icon: "settings", key: "s", permission: "scan:read" },
];

export const ROUTES: readonly Route[] = [
  { path: "/", section: "overview", screen: lazy(() => import("@/screens/overview")) },
  { path: "/tasks", section: "tasks", screen: lazy(() => import("@/screens/tasks")) },
  { path: "/tasks/:module/:task", section: "tasks", screen: lazy(() => import("@/screens/task")) },
  { path: "/scan/new", section: "tasks", screen: lazy(() => import("@/screens/newscan")) },
  { path: "/schedules", section: "schedules", screen: lazy(() => import("@/screens/schedules")) },
  { path: "/machines", section: "machines", screen: lazy(() => import("@/screens/machines")) },
  { path: "/machines/enroll", section: "machines", screen: lazy(() => import("@/screens/enrol")) },
  { path: "/explorer", section: "explorer", screen: lazy(() => import("@/screens/explorer")) },
  { path: "/settings", section: "settings", screen: lazy(() => import("@/screens/settings")) },
  { path: "/settings/:page", section: "settings", screen: lazy(() => import("@/screens/settings")) },
  { path: "/__states/ui", section: "none", screen: lazy(() => import("@/ui/gallery")) },
];

declareRoutes(["/login", ...ROUTES.map((route) => route.path)]);

export function routeOf(pattern: string): Route | undefined {
  return ROUTES.find((route) => route.path === pattern);
}
