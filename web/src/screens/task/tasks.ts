/** What a task's numbers mean: its phase, its buckets, and what may be asked about both. */
import type { Tone } from "@/ui";
import type { Bucket, Module, ScanTask } from "@/lib/wire";

export type Phase = "Queued" | "Scanning" | "Finishing" | "Done" | "DoneWithFailures" | "Stopping" | "Stopped";

/** Answer of DescribeScanTask. */
export interface TaskAnswer {
  Task: ScanTask;
  Options: { Name: string; Value: string }[];
  Buckets: { Bucket: Bucket; Machines: number }[];
  PreviousTaskId: number;
  TimeoutSeconds: number;
  DeadlineTime: string;
}

export interface Risk {
  Id: string | number;
  Name: string;
  Level: number;
  LevelSource: string;
  Score: string;
  Machines: number;
  Where: string;
  Fix: string;
  Reference: string;
  Description: string;
}

export const BUCKETS: Bucket[] = ["Ok", "OkWithRisks", "Scanning", "Waiting", "Offline", "Timeout", "Failed", "TooOld", "Stopped"];
export const FAILURES: Bucket[] = ["Offline", "Timeout", "Failed", "TooOld"];

export const BUCKET_TONES: Record<Bucket, Tone> = {
  Ok: "ok", OkWithRisks: "warn", Scanning: "accent", Waiting: "neutral", Offline: "bad",
  Timeout: "bad", Failed: "bad", TooOld: "bad", Stopped: "neutral",
};

export function isOpen(task: ScanTask): boolean {
  return task.State === "Scanning" || task.State === "Stopping";
}

export function failures(task: ScanTask): number {
  const { Offline, Timeout, Failed, TooOld } = task.Counts;
  return Offline + Timeout + Failed + TooOld;
}

/** Machines that are not final yet. */
export function unfinished(task: ScanTask): number {
  const { Pending, Leased, Running, Stopping } = task.Counts;
  return Pending + Leased + Running + Stopping;
}

/** Everything is scanned, but not all of it is written down yet. */
const FINISHING = 99;

export function phaseOf(task: ScanTask): Phase {
  if (task.State === "Stopping" || task.State === "Stopped") return task.State;
  if (task.State === "Done") return failures(task) > 0 ? "DoneWithFailures" : "Done";
  if (task.Progress >= FINISHING) return "Finishing";
  return task.Counts.Pending === task.Machines ? "Queued" : "Scanning";
}

/** 100 is for what is committed: an unfinished task shows at most 99. */
export function shownPercent(task: ScanTask): number {
  return isOpen(task) ? Math.min(task.Progress, FINISHING) : task.Progress;
}

export function taskPath(module: Module | string, id: number, search = ""): string {
  return `/tasks/${module}/${id}${search}`;
}

/** Filters of ExportScanTaskDetails that choose exactly these buckets; null where no filter does. */
export function exportFilters(buckets: Bucket[], query: string): object[] | null {
  const words = query ? [{ Name: "Keywords", Values: [query] }] : [];
  const chosen = new Set(buckets);
  const only = (...wanted: Bucket[]) => chosen.size === wanted.length && wanted.every((one) => chosen.has(one));
  if (chosen.size === 0 || chosen.size === BUCKETS.length) return words;
  if (only("Ok", "OkWithRisks")) return [...words, status("Ok")];
  if (only("OkWithRisks")) return [...words, status("Ok"), { Name: "RiskOnly", Values: ["true"], ExactMatch: true }];
  if (only("Waiting", "Scanning")) return [...words, status("Scanning")];
  if (only("Stopped")) return [...words, status("Stop")];
  if (buckets.every((one) => FAILURES.includes(one))) {
    return [...words, { Name: "FailType", Values: buckets.map((one) => FAIL_TYPES[one] ?? ""), ExactMatch: true }];
  }
  return null;
}

const FAIL_TYPES: Partial<Record<Bucket, string>> = { Offline: "3", Timeout: "4", Failed: "5", TooOld: "8" };

function status(value: string): object {
  return { Name: "Status", Values: [value], ExactMatch: true };
}
