import { useEffect, useMemo, useState } from "react";
import { call, CallError } from "@/lib/api";
import type { Plan } from "./plan";

export interface MachineChoice {
  Quuid: string;
  HostName: string;
  HostIp: string;
  OsName: string;
  Status: string;
  Tags: string[];
}

const PAGE = 100;

/** The Quuids of the machines that have one of some tags. */
export async function taggedMachines(tags: string[], signal?: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const asked = { Tags: tags, Limit: PAGE, Offset: found.length };
    const answer = await call<{ TotalCount: number; Machines: MachineChoice[] }>("hostward", "ListMachines", asked, signal);
    found.push(...answer.Machines.map((machine) => machine.Quuid));
    if (found.length >= answer.TotalCount || answer.Machines.length === 0) return [...new Set(found)];
  }
}

/** The machines that a plan names; null for all, undefined while those of tags are being read. */
export function useScope(plan: Plan): { quuids: string[] | null | undefined; error?: CallError } {
  const [tagged, setTagged] = useState<{ key: string; quuids?: string[]; error?: CallError }>({ key: "" });
  const key = plan.scope === "tags" ? JSON.stringify(plan.tags) : "";
  useEffect(() => {
    if (key === "" || key === "[]") return undefined;
    const control = new AbortController();
    taggedMachines(JSON.parse(key) as string[], control.signal)
      .then((quuids) => setTagged({ key, quuids }))
      .catch((error: unknown) => {
        if (error instanceof CallError) setTagged({ key, error });
      });
    return () => control.abort();
  }, [key]);
  return useMemo(() => {
    if (plan.scope === "all") return { quuids: null };
    if (plan.scope === "picked") return { quuids: plan.picked };
    if (plan.scope === "task") return { quuids: plan.ofTask };
    if (plan.tags.length === 0) return { quuids: [] };
    return tagged.key === key ? { quuids: tagged.quuids, ...(tagged.error ? { error: tagged.error } : {}) } : { quuids: undefined };
  }, [key, plan.ofTask, plan.picked, plan.scope, plan.tags.length, tagged]);
}
