import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import type { ScanTask } from "@/lib/wire";
import { shownPercent } from "../task/tasks";
import { words } from "../task/words";
import { texts } from "./texts";

/** A task's machines as a thin bar: done, failed, offline, stopped; the rest is still to come. */
export function TaskProgress({ task }: { task: ScanTask }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const { Ok, Offline, Timeout, Failed, TooOld, Stopped } = task.Counts;
  const parts = [
    { id: "ok", n: Ok, text: t.done },
    { id: "failed", n: Timeout + Failed + TooOld, text: t.failed },
    { id: "offline", n: Offline, text: t.offline },
    { id: "stopped", n: Stopped, text: t.stopped },
  ].filter((part) => part.n > 0);
  const percent = shownPercent(task);
  const said = parts.map((part) => part.text(count(part.n, language))).join(", ");
  const name = shared.task(shared.moduleShort[task.Module] ?? task.Module, task.TaskId);
  // What is half scanned moves the bar too: the lighter end shows it.
  const final = parts.reduce((sum, part) => sum + part.n, 0);
  const ahead = Math.max(0, percent - (100 * final) / Math.max(1, task.Machines));
  return (
    <span className="tasks-progress" title={said}>
      <span
        className="tasks-bar"
        role="progressbar"
        aria-label={t.progressLabel(name, percent)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={said ? `${percent}%, ${said}` : `${percent}%`}
      >
        {parts.map((part) => (
          <span key={part.id} className={`tasks-bar-${part.id}`} style={{ width: `${(100 * part.n) / Math.max(1, task.Machines)}%` }} />
        ))}
        {ahead > 0 && <span className="tasks-bar-ahead" style={{ width: `${ahead}%` }} />}
      </span>
      <span className="tasks-percent">{percent}%</span>
    </span>
  );
}
