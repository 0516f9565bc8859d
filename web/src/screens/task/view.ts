/** What part of a task is shown: kept in the address. */
import type { Bucket, Module } from "@/lib/wire";
import { BUCKETS } from "./tasks";

export type Tab = "machines" | "risks" | "failures";

export type View = {
  tab: string;
  status: string[];
  q: string;
  /** A name of ListScanTaskMachines' Sort, "-" before it for descending; "" for the task's own order. */
  sort: string;
  risk: string;
  level: string[];
};

export const FIRST_VIEW: View = { tab: "machines", status: [], q: "", sort: "", risk: "", level: [] };

const SORTS = ["HostName", "RiskNum", "BeginTime"];

export function tabOf(view: View): Tab {
  return view.tab === "risks" || view.tab === "failures" ? view.tab : "machines";
}

export function bucketsOf(view: View): Bucket[] {
  return BUCKETS.filter((one) => view.status.includes(one));
}

export function sortOf(view: View): { by: string; descending: boolean } | undefined {
  const by = view.sort.replace(/^-/, "");
  return SORTS.includes(by) ? { by, descending: view.sort.startsWith("-") } : undefined;
}

/** Parameters of ListScanTaskMachines but for its page. */
export function machineParameters(module: Module, task: number, view: View): object {
  const sort = sortOf(view);
  return {
    Module: module,
    TaskId: task,
    Buckets: bucketsOf(view),
    Query: view.q,
    ...(sort ? { Sort: sort.by, Descending: sort.descending } : {}),
  };
}
