import { duration, roughly, wireTime } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import type { ScanTask } from "@/lib/wire";
import { NoValue } from "../task/NoValue";
import { isOpen } from "../task/tasks";
import { words } from "../task/words";

/** What a running task still takes, what another one took. */
export function TaskTime({ task }: { task: ScanTask }) {
  const t = useTexts(words);
  const [language] = useLanguage();
  if (isOpen(task)) {
    return <>{task.LeftKnown ? t.left(roughly(task.LeftSeconds, language)) : t.estimating}</>;
  }
  const begin = wireTime(task.BeginTime);
  const end = wireTime(task.EndTime);
  if (!begin || !end) return <NoValue />;
  return <>{duration((end.getTime() - begin.getTime()) / 1_000, language)}</>;
}
