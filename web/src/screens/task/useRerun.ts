import { useCallback } from "react";
import { CallError } from "@/lib/api";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useAct } from "@/lib/query";
import type { Bucket, Module } from "@/lib/wire";
import { useToast } from "@/ui";
import { machinesOf } from "./machinesOf";
import { words } from "./words";

interface Which {
  /** These machines. */
  quuids?: string[];
  /** Those in these buckets; [] for all. Neither: all that are not Ok. */
  buckets?: Bucket[];
  /** With buckets: only those whose name or address has this text. */
  query?: string;
  /** Seconds for each machine in this run. */
  timeout?: number;
}

interface Task {
  Module: Module;
  TaskId: number;
}

const REFRESH = ["DescribeScanTask", "ListScanTasks", "ListScanTaskMachines", "ListScanTaskRisks", "DescribeScanTaskDetails"];

/** Scan machines of a task again; says how many, or why not. */
export function useRerun(): { busy: boolean; rerun(task: Task, which?: Which): Promise<void> } {
  const t = useTexts(words);
  const [language] = useLanguage();
  const toast = useToast();
  const again = useAct<{ SuccessCount: number }, object>("cwp", "ScanTaskAgain", { refresh: REFRESH });
  const { run } = again;
  const rerun = useCallback(
    async (task: Task, { quuids, buckets, query, timeout }: Which = {}) => {
      try {
        const named = quuids ?? (buckets ? await machinesOf(task.Module, task.TaskId, buckets, query) : []);
        if (buckets && named.length === 0) {
          toast(t.rerunNone, "info");
          return;
        }
        const { SuccessCount } = await run({
          ModuleType: task.Module,
          TaskId: task.TaskId,
          ...(named.length > 0 ? { QuuidList: named } : {}),
          ...(timeout ? { TimeoutPeriod: timeout } : {}),
        });
        toast(t.rerunStarted(t.machines(count(SuccessCount, language), SuccessCount === 1)), "ok");
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        toast(error.message, "bad");
      }
    },
    [language, run, t, toast],
  );
  return { busy: again.busy, rerun };
}
