import { call } from "@/lib/api";
import type { Bucket, MachineRow, Module } from "@/lib/wire";

const PAGE = 100;
const BETWEEN_MS = 100;

/** The Quuids of the machines of a task in some buckets (none named: all) with a text in name or address, page by page. */
export async function machinesOf(
  module: Module,
  task: number,
  buckets: Bucket[],
  query = "",
  signal?: AbortSignal,
): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const asked = { Module: module, TaskId: task, Buckets: buckets, Query: query, Limit: PAGE, Offset: found.length };
    const answer = await call<{ TotalCount: number; Machines: MachineRow[] }>("hostward", "ListScanTaskMachines", asked, signal);
    found.push(...answer.Machines.map((row) => row.Quuid));
    if (found.length >= answer.TotalCount || answer.Machines.length === 0) return [...new Set(found)];
    await new Promise((done) => setTimeout(done, BETWEEN_MS));
  }
}
