/** What the sample server answers, by action and state. Nothing of a browser is used here, so that tests can ask too. */
import type { Bucket, Module, Vulnerability } from "@/lib/wire";
import { bucketCounts, bucketOf, FRESH, hostIp, hostName, isOffline, machine, machineRow, quuidOf, system, systems, tagsOf, task } from "./fleet";
import { auditEntry, deliveries, emptyOverview, feeds, feedUpdate, keys, noUpdate, overview, risk, schedules, sessions, users, webhooks } from "./risks";
import { explained, indexOf, known as knownVul, machineVulnerability, upgrade, vulnerability, vulnerableMachine } from "./vulns";

export const STATES = ["loaded", "empty", "error", "denied", "loading", "stale", "huge"] as const;
export type State = (typeof STATES)[number];

export interface Asked {
  state: State;
  chinese: boolean;
  parameters: Record<string, unknown>;
}

const SOME = 1_000;
const MANY = 100_000;
const NEWEST = 81;
const MANY_TASKS = 1_000_000;
const RISKS = 412;
const ENTRIES = 260;
const PAGE = 100;
const FIRST_VUL = 1_000;
const MANY_VULS = 250_000;
const NOTE_LIMIT = 100;

const sizeOf = ({ state }: Asked, some: number, many: number) => (state === "empty" ? 0 : state === "huge" ? many : some);
const machinesOf = (asked: Asked) => sizeOf(asked, SOME, MANY);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const number = (value: unknown, standard: number) => (typeof value === "number" ? value : standard);
const list = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : []);

/** One page of so many rows, of those that fit. */
function page<Row>({ parameters }: Asked, total: number, row: (index: number) => Row, fits?: (index: number) => boolean) {
  const offset = number(parameters.Offset, 0);
  const limit = number(parameters.Limit, PAGE);
  if (!fits) {
    return { TotalCount: total, rows: Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, n) => row(offset + n)) };
  }
  const found: number[] = [];
  for (let index = 0; index < total; index++) if (fits(index)) found.push(index);
  return { TotalCount: found.length, rows: found.slice(offset, offset + limit).map(row) };
}

const names = (query: string) => {
  const wanted = query.toLowerCase();
  return (index: number) => hostName(index).includes(wanted) || hostIp(index).includes(wanted);
};

const risksOf = (index: number, module: Module) => machine(index).Scans.find((one) => one.Module === module)?.Risks ?? -1;

function mostVulnerable(asked: Asked, fits: (index: number) => boolean) {
  const chosen = Array.from({ length: machinesOf(asked) }, (_, index) => index).filter(fits);
  const counted = new Map(chosen.map((index) => [index, risksOf(index, "Vul")]));
  chosen.sort((one, other) => (counted.get(other) ?? 0) - (counted.get(one) ?? 0));
  const { TotalCount, rows } = page(asked, chosen.length, (at) => machine(chosen[at] ?? 0));
  return { TotalCount, Machines: rows };
}

function listMachines(asked: Asked) {
  const { Query, Status, OsNames, Tags, Quuids } = asked.parameters;
  const [query, status, os, tags, quuids] = [text(Query), text(Status), list(OsNames), list(Tags), list(Quuids)];
  const checks: ((index: number) => boolean)[] = [];
  if (asked.parameters.AgentTooOld === true) checks.push((index) => bucketOf(index) === "TooOld");
  if (asked.parameters.NeverScanned === true) checks.push((index) => machine(index).Scans.length === 0);
  if (query) checks.push(names(query));
  if (status) checks.push((index) => isOffline(index) === (status === "Offline"));
  if (os.length > 0) checks.push((index) => os.includes(system(index)));
  if (tags.length > 0) checks.push((index) => tagsOf(index).some((tag) => tags.includes(tag)));
  if (quuids.length > 0) checks.push((index) => quuids.includes(quuidOf(index)));
  const atRisk = list(asked.parameters.RiskModules) as Module[];
  if (atRisk.length > 0) checks.push((index) => atRisk.some((module) => risksOf(index, module) > 0));
  if (asked.parameters.Sort === "Vulnerabilities") return mostVulnerable(asked, (index) => checks.every((fits) => fits(index)));
  const { TotalCount, rows } = page(asked, machinesOf(asked), machine, checks.length > 0 ? (index) => checks.every((fits) => fits(index)) : undefined);
  return { TotalCount, Machines: rows };
}

const MODULES_BY_NUMBER: Module[] = ["Malware", "Vul", "Baseline"];

function listTasks(asked: Asked) {
  const { Module: only, States, Query } = asked.parameters;
  const states = list(States);
  const newest = asked.state === "huge" ? MANY_TASKS : NEWEST;
  const row = (index: number) => task(MODULES_BY_NUMBER[(index + 1) % 3] ?? "Vul", newest - index, machinesOf(asked), index);
  const filtered = text(only) !== "" || states.length > 0 || text(Query) !== "";
  const fits = (index: number) => {
    const one = row(index);
    return (text(only) === "" || one.Module === only) && (states.length === 0 || states.includes(one.State)) && String(one.TaskId).includes(text(Query));
  };
  const total = sizeOf(asked, 80, MANY_TASKS);
  const { TotalCount, rows } = page(asked, filtered ? Math.min(total, ENTRIES) : total, row, filtered ? fits : undefined);
  return { TotalCount, Tasks: rows };
}

function describeTask(asked: Asked) {
  const module = (text(asked.parameters.Module) || "Vul") as Module;
  const machines = asked.state === "empty" ? FRESH : machinesOf(asked);
  return {
    Task: task(module, number(asked.parameters.TaskId, NEWEST), machines, 0),
    Options: [{ Name: "VulLevels", Value: "2;3;4" }, { Name: "VulCategories", Value: "1;2;4;5" }, { Name: "TimeoutPeriod", Value: "3600" }],
    Buckets: Object.entries(bucketCounts(machines)).map(([Bucket, Machines]) => ({ Bucket, Machines })),
    PreviousTaskId: asked.state === "empty" ? 0 : NEWEST - 3, TimeoutSeconds: 3_600, DeadlineTime: "",
  };
}

function taskMachines(asked: Asked) {
  const { Query, Buckets } = asked.parameters;
  const buckets = list(Buckets) as Bucket[];
  const fitsName = names(text(Query));
  const fits = text(Query) || buckets.length > 0 ? (index: number) => (buckets.length === 0 || buckets.includes(bucketOf(index))) && fitsName(index) : undefined;
  const fresh = asked.state === "empty";
  const row = (index: number) => machineRow(index, fresh ? "Waiting" : bucketOf(index));
  const { TotalCount, rows } = page(asked, fresh ? FRESH : machinesOf(asked), row, fresh ? undefined : fits);
  return { TotalCount, Machines: rows };
}

function taskRisks(asked: Asked) {
  const module = (text(asked.parameters.Module) || "Vul") as Module;
  const levels = list(asked.parameters.Levels);
  const query = text(asked.parameters.Query).toLowerCase();
  const row = (index: number) => risk(module, index, machinesOf(asked));
  const fits = (index: number) => (levels.length === 0 || levels.includes(row(index).Level)) && row(index).Name.toLowerCase().includes(query);
  const { TotalCount, rows } = page(asked, sizeOf(asked, RISKS, 20_000), row, levels.length > 0 || query ? fits : undefined);
  return { TotalCount, Risks: rows };
}

function compare(asked: Asked) {
  if (asked.state === "empty") return { New: [], Fixed: [], Same: 0, Truncated: false };
  const module = (text(asked.parameters.Module) || "Vul") as Module;
  const some = (from: number, n: number) => Array.from({ length: n }, (_, at) => risk(module, from + at, machinesOf(asked)));
  return { New: some(0, 4), Fixed: some(20, 7), Same: 401, Truncated: false };
}

const restarts = (chinese: boolean) => [
  { Unit: "", Package: "linux-image-amd64", Path: "", Processes: 0, Reason: chinese ? "已安装 6.1.0-28-amd64,运行中的是 6.1.0-26-amd64" : "6.1.0-28-amd64 is installed and 6.1.0-26-amd64 runs" },
  { Unit: "nginx.service", Package: "libssl3", Path: "/usr/lib/x86_64-linux-gnu/libssl.so.3", Processes: 3, Reason: chinese ? "仍在运行已被替换的文件" : "it still runs a file that was replaced" },
  { Unit: "ssh.service", Package: "libssl3", Path: "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", Processes: 1, Reason: chinese ? "仍在运行已被替换的文件" : "it still runs a file that was replaced" },
];

function estimate(asked: Asked) {
  const chosen = list(asked.parameters.Quuids).length;
  const machines = chosen || machinesOf(asked);
  return { Machines: machines, Offline: Math.floor(machines * 0.031), TooOld: Math.floor(machines / 500), WaitSeconds: 0, RunSeconds: 260, TotalSeconds: 260, Known: machines > 0 };
}

const tags = (asked: Asked) => {
  const counted = ["prod", "web", "db", "staging", "payments", "pci"].map((Name, n) => ({ Id: n + 1, Name, Count: Math.floor(machinesOf(asked) / (n + 2)) }));
  return asked.state === "empty" ? [] : counted;
};

function audit(asked: Asked) {
  const total = sizeOf(asked, ENTRIES, MANY);
  const { TotalCount, rows } = page(asked, total, (index) => auditEntry(index, total));
  return { TotalCount, Entries: rows, HeadNumber: total, HeadDigest: total > 0 ? "9f2b".repeat(16) : "" };
}

function ignoreRules(asked: Asked) {
  const row = (index: number) => ({
    RuleId: index + 1, Key: `CVE-2026-${1_000 + index}`, State: index % 5 === 4 ? "ended" : "in force", Scope: (["all", "chosen", "except", "tagged"] as const)[index % 4] ?? "all",
    Quuids: index % 4 === 1 || index % 4 === 2 ? ["6f1c2b00-0000-4000-8000-000000000001"] : [], Tags: index % 4 === 3 ? ["env=staging"] : [], PackageName: index % 2 ? "openssl" : "", PackageEcosystem: index % 2 ? "Debian:12" : "",
    PackageVersion: "", Remark: "The service is not reachable from outside", Owner: "ann", Source: "person", CreatedTime: "2026-11-20 09:00:00", ModifyTime: "2026-11-20 09:00:00",
    ExpireTime: index % 3 ? "" : "2027-01-31 00:00:00", EndedTime: index % 5 === 4 ? "2026-11-21 10:00:00" : "", Document: "", VexStatus: "", Justification: "",
  });
  const { TotalCount, rows } = page(asked, sizeOf(asked, 7, 4_000), row);
  return { TotalCount, Rules: rows };
}

/** Those of the fleet, or of one machine, which has fewer. */
function vulnerabilities<Row extends Vulnerability>(asked: Asked, total: number, row: (index: number) => Row) {
  const { Levels, Query, Kev, Fixable } = asked.parameters;
  const [levels, query] = [list(Levels), text(Query).toLowerCase()];
  const filtered = levels.length > 0 || query !== "" || Kev !== undefined || Fixable !== undefined;
  const fits = (index: number) => {
    const one = row(index);
    return (levels.length === 0 || levels.includes(one.Level)) && `${one.CveId} ${one.Name}`.toLowerCase().includes(query) && (Kev === undefined || one.Kev === Kev) && (Fixable === undefined || (one.Fixed !== "") === Fixable);
  };
  const { TotalCount, rows } = page(asked, total, row, filtered ? fits : undefined);
  return { TotalCount, Vulnerabilities: rows };
}

function vulnerableMachines(asked: Asked) {
  const { VulId, Status, Query } = asked.parameters;
  const row = (index: number) => vulnerableMachine(index, number(VulId, FIRST_VUL));
  const named = names(text(Query));
  const fits = text(Status) || text(Query) ? (index: number) => (text(Status) === "" || row(index).Status === Status) && named(index) : undefined;
  const { TotalCount, rows } = page(asked, sizeOf(asked, 333, MANY), row, fits);
  return { TotalCount, Machines: rows };
}

function upgrades(asked: Asked) {
  const { TotalCount, rows } = page(asked, sizeOf(asked, 38, 1_200), (index) => upgrade(index, machinesOf(asked)));
  return { TotalCount, Upgrades: rows };
}

const vexDocuments = () => [{ Document: "https://example.com/vex/2026-7", Author: "security@example.com", Version: 3, IssuedTime: "2026-11-01 00:00:00", ImportedTime: "2026-11-20 09:00:00", Owner: "ann", Rules: 12, Statements: 14 }];

const some = <T>({ state }: Asked, rows: T[]): T[] => (state === "empty" ? [] : rows);

/** Answers of what the screens read. Any other action answers the example of its schema. */
const READ: Record<string, (asked: Asked) => object> = {
  DescribeOverview: (asked) => (asked.state === "empty" ? emptyOverview() : overview(machinesOf(asked), asked.chinese)),
  ListScanTasks: listTasks,
  DescribeScanTask: describeTask,
  ListScanTaskMachines: taskMachines,
  ListScanTaskRisks: taskRisks,
  ListVulnerabilities: (asked) => vulnerabilities(asked, sizeOf(asked, RISKS, MANY_VULS), (index) => vulnerability(index, machinesOf(asked))),
  ListMachineVulnerabilities: (asked) => vulnerabilities(asked, sizeOf(asked, 57, 3_000), machineVulnerability),
  ListVulnerableMachines: vulnerableMachines,
  ListUpgrades: upgrades,
  ExplainFinding: (asked) => explained(number(asked.parameters.EventId, 1)),
  DescribeVulInfoCvss: (asked) => knownVul(indexOf(number(asked.parameters.VulId, FIRST_VUL))),
  CompareScanTasks: compare,
  EstimateScan: estimate,
  ListMachines: listMachines,
  ListMachineRestarts: (asked) => ({ Known: true, Restarts: some(asked, restarts(asked.chinese)) }),
  DescribeMachineOsList: (asked) => ({ List: some(asked, systems()) }),
  DescribeTags: (asked) => ({ List: tags(asked) }),
  ListSchedules: (asked) => ({ TotalCount: some(asked, schedules()).length, Schedules: some(asked, schedules()) }),
  ListUsers: (asked) => ({ Users: users(), TotalCount: users().length, ...(asked.state === "empty" ? { Users: users().slice(0, 1), TotalCount: 1 } : {}) }),
  ListApiKeys: (asked) => ({ Keys: some(asked, keys()), TotalCount: some(asked, keys()).length }),
  ListSessions: (asked) => ({ TotalCount: some(asked, sessions()).length, Sessions: some(asked, sessions()) }),
  ListAuditEntries: audit,
  ListFeeds: (asked) => ({ Feeds: some(asked, feeds()), Update: asked.state === "empty" ? noUpdate() : feedUpdate(), UpdateHours: 6 }),
  ListIgnoreRules: ignoreRules,
  ListVexDocuments: (asked) => ({ Documents: some(asked, vexDocuments()) }),
  ListWebhooks: (asked) => ({ Webhooks: some(asked, webhooks()) }),
  ListWebhookDeliveries: (asked) => ({ TotalCount: some(asked, deliveries()).length, Deliveries: some(asked, deliveries().slice(0, NOTE_LIMIT)) }),
};

/** undefined: the action is none that the samples know. */
export function answer(action: string, asked: Asked): object | undefined {
  return READ[action]?.(asked);
}

/** Names of the actions that the samples answer by themselves. */
export const known = (): string[] => Object.keys(READ);

/** What the stream says of a topic, whole. */
export function topicState(topic: string, asked: Asked): object {
  const [kind = "", module = "Vul", id = ""] = topic.split(":");
  const running = asked.state === "empty" ? [] : [{ TaskId: NEWEST, Module: "Vul", Progress: 64, State: "Scanning" }, { TaskId: 80, Module: "Malware", Progress: 71, State: "Scanning" }];
  if (kind === "tasks") return { running, rev: 1 };
  if (kind === "task") {
    const { Task, Buckets } = describeTask({ ...asked, parameters: { Module: module, TaskId: Number(id) } });
    return { ...Task, Buckets };
  }
  if (kind === "machines") {
    const total = machinesOf(asked);
    const offline = Math.floor((total * 31) / SOME);
    return { Total: total, Online: total - offline, Offline: offline, rev: 1 };
  }
  if (kind === "overview") return answer("DescribeOverview", asked) ?? {};
  return { TotalCount: machinesOf(asked), Rows: {} };
}
