import { useEffect, useRef, useState } from "react";
import type { ScanTask } from "@/lib/wire";
import { isOpen, unfinished } from "./tasks";

const SPAN_MS = 60_000;
const STEP_MS = 5_000;
const LEAST = 3;

/** Machines finished in each of the last twelve steps of five seconds, and a minute's rate; null until there is one. */
export function useRate(task: ScanTask): { perMinute: number; steps: number[] } | null {
  const final = task.Machines - unfinished(task);
  const latest = useRef(final);
  latest.current = final;
  const [samples, setSamples] = useState<number[]>([]);
  const open = isOpen(task);
  useEffect(() => {
    if (!open) return undefined;
    setSamples([latest.current]);
    const timer = setInterval(
      () => setSamples((before) => [...before, latest.current].slice(-(SPAN_MS / STEP_MS + 1))),
      STEP_MS,
    );
    return () => clearInterval(timer);
  }, [open, task.Runs]);
  if (!open || samples.length < LEAST) return null;
  const steps = samples.slice(1).map((sample, at) => Math.max(0, sample - (samples[at] ?? sample)));
  const sum = steps.reduce((all, one) => all + one, 0);
  return { perMinute: (sum * SPAN_MS) / (steps.length * STEP_MS), steps };
}
