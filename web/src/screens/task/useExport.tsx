import { useCallback, useState } from "react";
import { call, CallError } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { useToast } from "@/ui";
import { words } from "./words";

const POLL_MS = 600;

export type ExportKind = "xlsx" | "csv";

/** Export machines of a task: begin, wait until the file is there, fetch it. */
export function useExport(): { busy: boolean; start(module: string, task: number, kind: ExportKind, filters?: object[]): Promise<void> } {
  const t = useTexts(words);
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const start = useCallback(
    async (module: string, task: number, kind: ExportKind, filters: object[] = []) => {
      setBusy(true);
      toast(t.exporting);
      try {
        const { url, name } = await exported(module, task, filters);
        const link = kind === "csv" ? url.replace("format=xlsx", "format=csv") : url;
        const file = kind === "csv" ? name.replace(/\.xlsx$/, ".csv") : name;
        fetchFile(link, file);
        toast(t.exportReady(file), "ok", { label: t.download, run: () => fetchFile(link, file) });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        toast(error.message ? t.actionFailed(t.exportFailed, error.message) : t.exportFailed, "bad");
      } finally {
        setBusy(false);
      }
    },
    [t, toast],
  );
  return { busy, start };
}

async function exported(module: string, task: number, filters: object[]): Promise<{ url: string; name: string }> {
  const begun = await call<{ TaskId: string }>("cwp", "ExportScanTaskDetails", { ModuleType: module, TaskId: task, Filters: filters });
  for (;;) {
    const now = await call<{ Status: string; DownloadUrl: string; FileName: string }>("cwp", "ExportTasks", { TaskId: begun.TaskId });
    if (now.Status === "FINISHED") return { url: now.DownloadUrl, name: now.FileName };
    if (now.Status === "ERROR") throw new CallError("InternalError", "", "ExportTasks");
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

/** The link's own host may be another name of this server: the file is fetched from the one that is open. */
function fetchFile(url: string, name: string): void {
  const { pathname, search } = new URL(url, window.location.href);
  const link = document.createElement("a");
  link.href = pathname + search;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
