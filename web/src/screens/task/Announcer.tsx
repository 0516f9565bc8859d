import { useEffect, useRef, useState } from "react";
import { useTexts } from "@/lib/i18n";
import type { ScanTask } from "@/lib/wire";
import { isOpen, phaseOf, shownPercent } from "./tasks";
import { texts } from "./texts";
import { words } from "./words";

const QUARTER = 25;

/** Tells screen readers the quarters of a scan and its end, and nothing in between. */
export function Announcer({ task }: { task: ScanTask }) {
  const t = useTexts(texts);
  const { phases } = useTexts(words);
  const [said, setSaid] = useState("");
  const open = isOpen(task);
  const quarter = Math.floor(shownPercent(task) / QUARTER) * QUARTER;
  const before = useRef<{ open: boolean; quarter: number; run: number } | null>(null);
  useEffect(() => {
    const was = before.current;
    before.current = { open, quarter, run: task.Runs };
    if (open && (was === null || was.quarter !== quarter || was.run !== task.Runs)) setSaid(t.announce(quarter));
    if (!open && was?.open) setSaid(t.announceEnd(phases[phaseOf(task)]));
  }, [open, quarter, task, t, phases]);
  return <p className="task-unseen" role="status">{said}</p>;
}
