import { useAct } from "@/lib/query";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import type { MachineRow, ScanTask } from "@/lib/wire";
import { ConfirmDialog, useToast } from "@/ui";
import { unfinished } from "./tasks";
import { words } from "./words";

interface StopDialogProps {
  /** null: closed. */
  task: ScanTask | null;
  /** Only these machines; all that have not finished when left out. */
  machines?: MachineRow[];
  onClose: () => void;
}

const REFRESH = ["DescribeScanTask", "ListScanTasks", "ListScanTaskMachines"];

/** Asks before machines of a task stop; names how many, and which where they were chosen. */
export function StopDialog({ task, machines, onClose }: StopDialogProps) {
  const t = useTexts(words);
  const [language] = useLanguage();
  const toast = useToast();
  const stop = useAct<object, object>("cwp", "DeleteScanTask", { refresh: REFRESH });
  if (task === null) return null;
  const name = t.task(t.moduleShort[task.Module] ?? task.Module, task.TaskId);
  const open = machines?.length ?? unfinished(task);
  const run = async () => {
    const chosen = machines ? { QuuidList: machines.map((row) => row.Quuid) } : {};
    try {
      await stop.run({ ModuleType: task.Module, TaskId: task.TaskId, ...chosen });
    } catch {
      return; // the dialog shows it
    }
    toast(machines ? t.stoppingSome(t.machines(count(open, language), open === 1)) : t.stopped(name), "ok");
    onClose();
  };
  return (
    <ConfirmDialog
      open
      danger
      title={t.stopTitle(machines?.length === 1 ? (machines[0]?.HostName ?? "") : name)}
      body={t.stopBody(t.machines(count(open, language), open === 1))}
      {...(machines ? { objects: machines.map((row) => row.HostName) } : {})}
      count={open}
      verb={machines ? t.stop : t.stopAll}
      busy={stop.busy}
      {...(stop.error ? { error: stop.error } : {})}
      onConfirm={() => void run()}
      onClose={onClose}
    />
  );
}
