import { wireTime } from "@/lib/format";
import { useCall } from "@/lib/query";
import type { ScanTask } from "@/lib/wire";
import { isOpen } from "./tasks";
import { useNow } from "./useNow";

const MS = 1_000;

/** Seconds of the current run: ticking while it runs; undefined while unknown. */
export function useElapsed(task: ScanTask): number | undefined {
  const open = isOpen(task);
  const now = useNow(open);
  // The first run began with the task; when a later one began only its own ScanTime tells.
  const later = task.Runs > 1;
  const { data, asOf } = useCall<{ ScanTime: number }>(
    "cwp",
    "DescribeScanTaskDetails",
    later ? { ModuleType: task.Module, TaskId: task.TaskId, Limit: 1 } : null,
    open ? { refetchMs: 60 * MS } : {},
  );
  if (later) {
    if (!data || !asOf) return undefined;
    return open ? data.ScanTime + Math.max(0, (now.getTime() - asOf.getTime()) / MS) : data.ScanTime;
  }
  const begin = wireTime(task.BeginTime);
  const end = open ? now : wireTime(task.EndTime);
  return begin && end ? Math.max(0, (end.getTime() - begin.getTime()) / MS) : undefined;
}
