import { useEffect, useMemo, useState } from "react";
import { CallError } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { type Module, MODULES } from "@/lib/wire";
import { machinesOf } from "../task/machinesOf";
import type { TaskAnswer } from "../task/tasks";
import { words } from "../task/words";
import { planOf } from "./cloned";
import type { Plan } from "./plan";

interface Clone {
  /** Of the task; "" when none is cloned. */
  name: string;
  plan: Partial<Plan>;
  loading: boolean;
  error?: CallError;
}

/** The options and machines of a task that is to be run anew: "Vul:81". */
export function useClone(text: string): Clone {
  const shared = useTexts(words);
  const [name = "", number = ""] = text.split(":");
  const module = MODULES.find((one) => one === name);
  const id = /^[1-9]\d{0,15}$/.test(number) ? Number(number) : 0;
  const wanted = module !== undefined && id > 0;
  const { data, error } = useCall<TaskAnswer>("hostward", "DescribeScanTask", wanted ? { Module: module, TaskId: id } : null);
  const { quuids, error: listError } = useMachines(module, wanted ? id : 0);
  const plan = useMemo(() => (data && quuids && module ? planOf(module, data, quuids) : {}), [data, module, quuids]);
  if (!wanted) return { name: "", plan: {}, loading: false };
  const failed = error ?? listError;
  if (failed) return { name: "", plan: { module }, loading: false, error: failed };
  const shown = shared.task(shared.moduleShort[module] ?? module, id);
  return { name: shown, plan, loading: !data || !quuids };
}

function useMachines(module: Module | undefined, id: number): { quuids?: string[]; error?: CallError } {
  const [found, setFound] = useState<{ quuids?: string[]; error?: CallError }>({});
  useEffect(() => {
    setFound({});
    if (module === undefined || id === 0) return undefined;
    const control = new AbortController();
    machinesOf(module, id, [], "", control.signal)
      .then((quuids) => setFound({ quuids }))
      .catch((error: unknown) => {
        if (error instanceof CallError) setFound({ error });
      });
    return () => control.abort();
  }, [module, id]);
  return found;
}
