import { useEffect, useMemo, useRef } from "react";
import { useTopic } from "@/lib/live";
import type { Pages } from "@/lib/query";
import type { MachineRow, Module } from "@/lib/wire";
import { useSettled } from "./useSettled";
import { bucketsOf, sortOf, type View } from "./view";

interface RowsTopic {
  TotalCount: number;
  Rows?: Record<string, MachineRow>;
}

const LIMIT = 100;
const STEP = 50;
const POLL_MS = 3_000;

/** Keep the rows that are seen fresh: changed ones come by the stream, others are left alone. */
export function useLiveMachines(
  pages: Pages<MachineRow>,
  which: { module: Module; task: number; view: View; first: number; open: boolean },
) {
  const { module, task, view, first, open } = which;
  const offset = Math.floor(first / STEP) * STEP;
  const topic = useMemo(() => {
    if (!open) return null;
    const sort = sortOf(view);
    const page = {
      Offset: offset, Limit: LIMIT, Buckets: bucketsOf(view), Query: view.q,
      Sort: sort?.by ?? "", Descending: sort?.descending ?? false,
    };
    return `rows:${module}:${task}:${base64url(JSON.stringify(page))}`;
  }, [module, task, view, offset, open]);
  const { state, stale, seq } = useTopic<RowsTopic>(topic);
  const latest = useRef(pages);
  latest.current = pages;
  useEffect(() => {
    for (const [index, row] of Object.entries(state?.Rows ?? {})) {
      const at = offset + Number(index);
      const shown = latest.current.row(at);
      if (shown && JSON.stringify(shown) !== JSON.stringify(row)) latest.current.patch(at, row);
    }
  }, [seq, state, offset]);
  // A row more or less moves those behind it: they are read anew.
  useSettled(topic && state ? `${topic} ${state.TotalCount}` : undefined, () => {
    if (state && state.TotalCount !== latest.current.total) latest.current.refetch();
  });
  useSettled(open, () => latest.current.refetch());
  useEffect(() => {
    if (!stale) return undefined;
    const timer = setInterval(() => latest.current.refetch(), POLL_MS);
    return () => clearInterval(timer);
  }, [stale]);
}

function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const plain = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
