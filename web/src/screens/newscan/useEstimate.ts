import { useEffect, useState } from "react";
import type { CallError } from "@/lib/api";
import { useCall } from "@/lib/query";
import type { Plan } from "./plan";

export interface Estimate {
  Machines: number;
  Offline: number;
  TooOld: number;
  WaitSeconds: number;
  RunSeconds: number;
  Known: boolean;
}

const SETTLE_MS = 250;
const NOTHING: Estimate = { Machines: 0, Offline: 0, TooOld: 0, WaitSeconds: 0, RunSeconds: 0, Known: false };

/** How many machines a plan reaches and how long it takes, as the server reckons it. */
export function useEstimate(plan: Plan, quuids: string[] | null | undefined): { estimate?: Estimate; known: boolean; error?: CallError } {
  const empty = quuids?.length === 0;
  // The server resolves tags itself; no Quuid and no tag means all, which an empty choice must not.
  const which = plan.scope === "tags" ? { Tags: plan.tags } : { Quuids: quuids ?? [] };
  const asked = empty ? "" : JSON.stringify({ Module: plan.module, ...which });
  const [settled, setSettled] = useState(asked);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [asked]);
  const { data, error } = useCall<Estimate>("hostward", "EstimateScan", settled ? (JSON.parse(settled) as object) : null, { keep: true });
  if (empty) return { estimate: NOTHING, known: true };
  if (error && settled === asked) return { known: false, error };
  return { ...(data ? { estimate: data } : {}), known: data !== undefined && settled === asked };
}
