/** A scan as it is being planned, and the call that starts it. */
import type { Module } from "@/lib/wire";
import { RULES } from "./catalogue";

export type ScopeKind = "all" | "tags" | "picked" | "task";

export interface Plan {
  module: Module;
  /** Seconds; null for the server's own. */
  timeout: number | null;
  levels: string[];
  categories: string[];
  vulIds: string[];
  pattern: string;
  /** One a line. */
  paths: string;
  engine: string;
  memory: boolean;
  /** Numbers of rules; none: all. */
  rules: number[];
  /** Numbers of items, of a task that is cloned; none: all. */
  items: number[];
  scope: ScopeKind;
  tags: string[];
  picked: string[];
  /** Machines of the task that is cloned. */
  ofTask: string[];
}

export const LEVELS = ["4", "3", "2", "1"];
export const CATEGORIES = ["4", "2", "1"];
export const PATTERNS = ["1", "0", "2", "3"];
export const ENGINES = ["3", "2", "1"];
const LONGEST = 86_400;
const MOST_PATHS = 200;
const MOST_VULS = 1_000;
const PATH_BYTES = 4_096;

export const FIRST_PLAN: Plan = {
  module: "Vul", timeout: null, levels: [], categories: [], vulIds: [], pattern: "1", paths: "", engine: "3",
  memory: false, rules: [], items: [], scope: "all", tags: [], picked: [], ofTask: [],
};

/** A plan that differs from the first one in some members. */
export function planned(change: Partial<Plan>): Plan {
  return { ...FIRST_PLAN, ...change };
}

export const hasPaths = (plan: Plan) => plan.pattern === "2" || plan.pattern === "3";

export function pathsOf(plan: Plan): string[] {
  const lines = plan.paths.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ""))];
}

export interface Problem {
  field: "timeout" | "vulIds" | "paths" | "machines";
  kind: "timeout" | "vulId" | "tooMany" | "path" | "noPath" | "noMachine";
  text?: string;
}

/** What the server would refuse, as far as it can be told without it. */
export function problemsOf(plan: Plan): Problem[] {
  const problems: Problem[] = [];
  if (plan.module !== "Baseline" && plan.timeout !== null && !(Number.isInteger(plan.timeout) && plan.timeout >= 1 && plan.timeout <= LONGEST)) {
    problems.push({ field: "timeout", kind: "timeout" });
  }
  if (plan.module === "Vul") problems.push(...vulProblems(plan.vulIds));
  if (plan.module === "Malware" && hasPaths(plan)) problems.push(...pathProblems(pathsOf(plan)));
  if (plan.scope === "picked" && plan.picked.length === 0) problems.push({ field: "machines", kind: "noMachine" });
  if (plan.scope === "tags" && plan.tags.length === 0) problems.push({ field: "machines", kind: "noMachine" });
  return problems;
}

function vulProblems(ids: string[]): Problem[] {
  if (ids.length > MOST_VULS) return [{ field: "vulIds", kind: "tooMany", text: String(MOST_VULS) }];
  const wrong = ids.find((id) => !/^[1-9]\d{0,15}$/.test(id) || !Number.isSafeInteger(Number(id)));
  return wrong === undefined ? [] : [{ field: "vulIds", kind: "vulId", text: wrong }];
}

function pathProblems(paths: string[]): Problem[] {
  if (paths.length === 0) return [{ field: "paths", kind: "noPath" }];
  if (paths.length > MOST_PATHS) return [{ field: "paths", kind: "tooMany", text: String(MOST_PATHS) }];
  const wrong = paths.find((path) => !isPlain(path));
  return wrong === undefined ? [] : [{ field: "paths", kind: "path", text: wrong }];
}

function isPlain(path: string): boolean {
  const parts = path.split("/");
  const short = new TextEncoder().encode(path).length <= PATH_BYTES;
  return path.startsWith("/") && short && !parts.includes(".") && !parts.includes("..");
}

export interface Start {
  action: "ScanVul" | "CreateScanMalwareSetting" | "StartBaselineDetect";
  parameters: Record<string, unknown>;
}

/** The call. quuids: the machines of the scope, null for all. */
export function startOf(plan: Plan, quuids: string[] | null): Start {
  if (plan.module === "Baseline") {
    const rules = plan.rules.length < RULES.length ? plan.rules : [];
    const param = {
      ...(rules.length > 0 ? { RuleIds: rules } : {}),
      ...(plan.items.length > 0 ? { ItemIds: plan.items } : {}),
      ...(quuids ? { HostIds: quuids } : {}),
    };
    return { action: "StartBaselineDetect", parameters: { Param: param } };
  }
  const hosts = quuids ? { HostType: 2, QuuidList: quuids } : { HostType: 1 };
  const timeout = plan.timeout === null ? {} : { TimeoutPeriod: plan.timeout };
  if (plan.module === "Vul") return { action: "ScanVul", parameters: { ...vulOptions(plan), ...hosts, ...timeout } };
  return { action: "CreateScanMalwareSetting", parameters: { ...malwareOptions(plan), ...hosts, ...timeout } };
}

const codes = (chosen: string[], all: string[]) =>
  chosen.length === 0 || chosen.length === all.length ? "0" : [...chosen].sort().join(",");

function vulOptions(plan: Plan): Record<string, unknown> {
  return {
    VulLevels: codes(plan.levels, LEVELS),
    ...(codes(plan.categories, CATEGORIES) === "0" ? {} : { VulCategories: codes(plan.categories, CATEGORIES) }),
    ...(plan.vulIds.length > 0 ? { VulIds: plan.vulIds.map(Number) } : {}),
  };
}

function malwareOptions(plan: Plan): Record<string, unknown> {
  return {
    ScanPattern: Number(plan.pattern),
    ...(plan.engine === "3" ? {} : { EngineType: Number(plan.engine) }),
    ...(plan.memory ? { EnableMemShellScan: 1 } : {}),
    ...(hasPaths(plan) ? { CustomPaths: pathsOf(plan) } : {}),
  };
}

const FIELDS: [RegExp, string][] = [
  [/TimeoutPeriod/, "timeout"], [/VulIds/, "vulIds"], [/VulLevels/, "levels"], [/VulCategories/, "categories"],
  [/CustomPaths/, "paths"], [/EngineType/, "engine"], [/EnableMemShellScan/, "memory"], [/ScanPattern/, "pattern"],
  [/RuleIds|PolicyIds|ItemIds/, "rules"], [/QuuidList|HostIds|HostType/, "machines"],
];

/** The field that a refusal of the server is about; "" for none. */
export function fieldOf(message: string): string {
  return FIELDS.find(([name]) => name.test(message))?.[1] ?? "";
}

const plain = (text: string) => /^[\w@%+=:,./-]+$/.test(text);

/** The call as a line for a shell. */
export function commandLine({ action, parameters }: Start): string {
  const words = Object.entries(parameters).flatMap(([name, value]) => {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return [`--${name}`, plain(text) ? text : `'${text.replaceAll("'", "'\\''")}'`];
  });
  return ["hostward", "api", action, ...words].join(" ");
}
