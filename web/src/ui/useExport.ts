import { useCallback, useState } from "react";
import { call, CallError } from "@/lib/api";
import { useToast } from "./Toast";
import { useOwnTexts } from "./texts";

const POLL_MS = 600;

export type ExportKind = "xlsx" | "csv";

/** What begins an export: it answers a TaskId, which ExportTasks then tells of. */
export interface ExportCall {
  service: "cwp" | "hostward";
  action: "ExportScanTaskDetails" | "ExportMachines";
  parameters: object;
}

/** Export rows: begin, wait until the file is there, fetch it. */
export function useExport(): { busy: boolean; start(wanted: ExportCall, kind: ExportKind): Promise<void> } {
  const t = useOwnTexts();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const start = useCallback(
    async (wanted: ExportCall, kind: ExportKind) => {
      setBusy(true);
      toast(t.exporting);
      try {
        const { url, name } = await exported(wanted);
        const link = kind === "csv" ? url.replace("format=xlsx", "format=csv") : url;
        const file = kind === "csv" ? name.replace(/\.xlsx$/, ".csv") : name;
        fetchFile(link, file);
        toast(t.exportReady(file), "ok", { label: t.download, run: () => fetchFile(link, file) });
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        toast(t.exportFailed(error.message), "bad");
      } finally {
        setBusy(false);
      }
    },
    [t, toast],
  );
  return { busy, start };
}

async function exported({ service, action, parameters }: ExportCall): Promise<{ url: string; name: string }> {
  const begun = await call<{ TaskId: string }>(service, action, parameters);
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
