/** Sample machines, tasks and risks: any number of them, each made from its index alone. */
import type { Bucket, Counts, Machine, MachineRow, Module, ScanTask } from "@/lib/wire";
import { MODULES } from "../lib/wire";

const ROLES = ["web", "db", "cache", "queue", "build", "mail"];
const SYSTEMS = ["Debian 12", "Ubuntu 24.04", "Rocky Linux 9", "AlmaLinux 8", "openSUSE Leap 15.6"];
const KERNELS = ["6.1.0-28-amd64", "6.8.0-49-generic", "5.14.0-503.el9.x86_64"];
const TAGS = [["prod", "web"], ["prod", "db"], ["staging"], [], ["prod", "payments", "pci"]];
const NEW_AGENT = "0.4.0";
const OLD_AGENT = "0.1.3";

/** Of every 1,000 machines of a running task. */
const SHARES: [Bucket, number][] = [
  ["Ok", 480], ["OkWithRisks", 121], ["Scanning", 48], ["Waiting", 312], ["Offline", 31], ["Timeout", 4], ["Failed", 2], ["TooOld", 2],
];
const PER = 1_000;
/** Has no common factor with PER: neighbours in a list are of different buckets. */
const STRIDE = 619;

const at = <T>(all: readonly T[], index: number): T => all[index % all.length] as T;
const padded = (n: number, digits: number) => String(n).padStart(digits, "0");

/** "YYYY-MM-DD hh:mm:ss" so many seconds ago; the zone of samples is UTC. */
export function before(seconds: number): string {
  return new Date(Date.now() - seconds * 1_000).toISOString().slice(0, 19).replace("T", " ");
}

export function bucketOf(index: number): Bucket {
  let left = (index * STRIDE) % PER;
  for (const [bucket, share] of SHARES) {
    if (left < share) return bucket;
    left -= share;
  }
  return "Ok";
}

export const hostName = (index: number) => `${at(ROLES, index)}-${padded(index, 5)}.prod.example`;
export const hostIp = (index: number) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
export const quuidOf = (index: number) => `5f0c0de0-0000-4000-8000-${index.toString(16).padStart(12, "0")}`;
export const isOffline = (index: number) => bucketOf(index) === "Offline";
export const system = (index: number) => at(SYSTEMS, index);
export const systems = () => SYSTEMS.map((Name) => ({ Name, MachineOSType: 1 }));
export const tagsOf = (index: number) => at(TAGS, index);

export function machine(index: number): Machine {
  const old = bucketOf(index) === "TooOld";
  return {
    Quuid: quuidOf(index), Uuid: quuidOf(index), HostName: hostName(index), HostIp: hostIp(index), WanIp: "", OsName: system(index),
    Kernel: at(KERNELS, index), AgentVersion: old ? OLD_AGENT : NEW_AGENT, AgentTooOld: old,
    Status: isOffline(index) ? "Offline" : "Online", LastSeenTime: before(isOffline(index) ? 11_000 + index : index % 25),
    Tags: tagsOf(index), Remark: index % 9 === 0 ? "Owned by the payments team" : "",
    QuarantinedTime: index % 211 === 5 ? before(5_400) : "",
    Scans: index % 17 === 3 ? [] : MODULES.map((Module, n) => ({ Module, EndTime: before(7_200 + n * 90), Risks: ((index + n) * 7) % 5 === 0 ? (index + n) % 23 : 0 })),
  };
}

const REASONS: Partial<Record<Bucket, [number, string, string]>> = {
  Offline: [3, "Offline for 3 h", "The agent has not been heard of for 3 h: start it with systemctl start hostward-agent."],
  Timeout: [4, "Timed out after 60 min", "No answer within 60 min: scan again with a longer timeout."],
  Failed: [5, "Package database locked", "The package database is locked by another process."],
  TooOld: [8, "Agent 0.1.3, at least 0.4 is needed", "Agent 0.1.3 can't judge this: upgrade it to 0.4 or newer."],
};

export function machineRow(index: number, bucket = bucketOf(index)): MachineRow {
  const done = bucket === "Ok" || bucket === "OkWithRisks";
  const [type, reason] = REASONS[bucket] ?? [0, ""];
  const seconds = 3 + (index % 14);
  return {
    Quuid: quuidOf(index), Uuid: quuidOf(index), HostName: hostName(index), HostIp: hostIp(index), OsName: system(index),
    AgentVersion: bucket === "TooOld" ? OLD_AGENT : NEW_AGENT, Bucket: bucket, Progress: done ? 100 : bucket === "Scanning" ? (index * 13) % 97 : 0,
    Doing: bucket === "Scanning" ? "dpkg" : "", Reason: reason, FailType: type, RiskNum: bucket === "OkWithRisks" ? 1 + (index % 41) : 0,
    BeginTime: done || bucket === "Scanning" ? before(430 - (index % 400)) : "", EndTime: done ? before(425 - (index % 400)) : "",
    Seconds: done ? seconds : bucket === "Scanning" ? 4 : 0,
  };
}

/** Machines of a task that has just begun: nothing is known of any. */
export const FRESH = 12;

export function bucketCounts(machines: number): Record<Bucket, number> {
  const all: Record<Bucket, number> = { Waiting: 0, Scanning: 0, Ok: 0, OkWithRisks: 0, Offline: 0, Timeout: 0, Failed: 0, TooOld: 0, Stopped: 0 };
  if (machines === FRESH) return { ...all, Waiting: FRESH };
  for (const [bucket, share] of SHARES) all[bucket] = Math.floor((machines * share) / PER);
  all.Ok += machines - Object.values(all).reduce((sum, n) => sum + n, 0);
  return all;
}

function countsOf(buckets: Record<Bucket, number>, open: boolean): Counts {
  const { Waiting, Scanning, Ok, OkWithRisks, Offline, Timeout, Failed, TooOld, Stopped } = buckets;
  const left = open ? { Pending: Waiting, Running: Scanning } : { Pending: 0, Running: 0 };
  return { ...left, Leased: 0, Stopping: 0, Ok: Ok + OkWithRisks + (open ? 0 : Waiting + Scanning), Offline, Timeout, Failed, TooOld, Stopped };
}

/** Task `id` of a module over so many machines; the newest is at work. */
export function task(module: Module, id: number, machines: number, age: number): ScanTask {
  const open = age === 0;
  const fresh = machines === FRESH;
  const buckets = bucketCounts(machines);
  const stopped = !open && id % 11 === 0;
  return {
    TaskId: id, Module: module, Type: id % 3 === 0 ? 1 : 0, State: open ? "Scanning" : stopped ? "Stopped" : "Done",
    Content: module === "Vul" ? ["Linux packages", "Python", "npm", "level ≥ medium"] : module === "Malware" ? ["Quick"] : ["CIS Debian 12 L1", "CIS Rocky 9 L1"],
    Progress: fresh ? 0 : open ? 64 : 100, LeftSeconds: open && !fresh ? 246 : 0, LeftKnown: open && !fresh, BeginTime: before(432 + age * 5_400), EndTime: open ? "" : before(age * 5_400),
    CreatedBy: id % 3 === 0 ? "" : "admin", StoppedBy: stopped ? "admin" : "", Machines: machines, Counts: countsOf(buckets, open),
    RiskMachines: buckets.OkWithRisks, RiskEvents: fresh ? 0 : machines * 2 + (id % 97), VulCount: module === "Vul" && !fresh ? 412 : 0, StoppingAll: false, Runs: 1 + (id % 4 === 0 ? 1 : 0),
    CanStop: open, CanRerun: !open,
  };
}
