/** Options of a scan on their way to a schedule of the same module: for one walk from screen to screen, kept nowhere. */
import { call } from "@/lib/api";
import type { Machine, Module } from "@/lib/wire";
import { CATEGORIES, hasPaths, LEVELS, pathsOf, type Plan } from "./plan";

/** Modules whose scans can be scheduled. */
export const SCHEDULED: readonly Module[] = ["Vul", "Malware"];

/** Members of the module's setting, named as DescribeScanVulSetting and DescribeMalwareTimingScanSetting name them. */
export interface Draft {
  module: Module;
  setting: Record<string, unknown>;
}

let waiting: Draft | null = null;

export function leaveDraft(draft: Draft): void {
  waiting = draft;
}

/** What waits for the editor of this module; it is there until the editor is closed. */
export function draftFor(module: Module): Record<string, unknown> {
  return waiting?.module === module ? waiting.setting : {};
}

export function dropDraft(): void {
  waiting = null;
}

const PAGE = 100;

/** quuids: the machines of the plan, null for all. */
export async function draftOf(plan: Plan, quuids: string[] | null): Promise<Draft> {
  if (plan.module === "Vul") {
    return {
      module: plan.module,
      setting: {
        VulLevels: [...(plan.levels.length > 0 ? plan.levels : LEVELS)].sort().join(","),
        VulCategories: [...(plan.categories.length > 0 ? plan.categories : CATEGORIES)].sort().join(","),
        Uuids: quuids ? await uuidsOf(new Set(quuids)) : [],
      },
    };
  }
  return {
    module: plan.module,
    setting: {
      CheckPattern: Number(plan.pattern),
      EngineType: Number(plan.engine),
      EnableMemShellScan: plan.memory ? 1 : 0,
      CustomPaths: hasPaths(plan) ? pathsOf(plan) : [],
      IsGlobal: quuids ? 0 : 1,
      QuuidList: quuids ?? [],
    },
  };
}

/** The schedule of vulnerability scans names machines by their agents. */
async function uuidsOf(quuids: Set<string>): Promise<string[]> {
  const found: string[] = [];
  for (let offset = 0; found.length < quuids.size; offset += PAGE) {
    const { Machines } = await call<{ Machines: Machine[] }>("hostward", "ListMachines", { Limit: PAGE, Offset: offset });
    if (Machines.length === 0) break;
    found.push(...Machines.filter((machine) => quuids.has(machine.Quuid)).map((machine) => machine.Uuid));
  }
  return found;
}
