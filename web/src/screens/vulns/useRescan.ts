import { useState } from "react";
import { useToast } from "@/ui";
import { call, CallError } from "@/lib/api";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { renew } from "@/lib/cache";
import { navigate } from "@/lib/router";
import type { VulnerableMachine } from "@/lib/wire";
import { texts } from "./texts";

const PAGE = 100;
/** What is asked for before a scan of them starts; more are better scanned by their tags. */
const MOST = 2_000;

/** Machines that have it now. */
async function machinesOf(id: number): Promise<{ quuids: string[]; total: number }> {
  const quuids: string[] = [];
  for (;;) {
    const answer = await call<{ TotalCount: number; Machines: VulnerableMachine[] }>("hostward", "ListVulnerableMachines", { VulId: id, Status: "present", Limit: PAGE, Offset: quuids.length });
    quuids.push(...answer.Machines.map((one) => one.Quuid));
    if (answer.Machines.length === 0 || quuids.length >= Math.min(MOST, answer.TotalCount)) return { quuids, total: answer.TotalCount };
  }
}

/** Scan machines again for this one vulnerability, and go to the scan. */
export function useRescan(id: number) {
  const t = useTexts(texts);
  const toast = useToast();
  const [language] = useLanguage();
  const [state, setState] = useState<{ busy: boolean; error?: CallError }>({ busy: false });
  const start = async (find: () => Promise<{ quuids: string[]; total: number }>) => {
    setState({ busy: true });
    try {
      const { quuids, total } = await find();
      if (quuids.length === 0) {
        toast(t.noMachineHas);
        setState({ busy: false });
        return;
      }
      const { TaskId } = await call<{ TaskId: number }>("hostward", "CreateScan", { Module: "Vul", Vul: { VulIds: [id] }, Quuids: quuids });
      await Promise.all(["ListScanTasks ", "DescribeOverview "].map(renew));
      toast(total > quuids.length ? t.tooMany(count(quuids.length, language)) : t.rescanned, "ok");
      navigate(`/tasks/Vul/${TaskId}`);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      setState({ busy: false, error });
    }
  };
  return {
    ...state,
    all: () => start(() => machinesOf(id)),
    some: (quuids: string[]) => start(() => Promise.resolve({ quuids, total: quuids.length })),
    forget: () => setState({ busy: false }),
  };
}
