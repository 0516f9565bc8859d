import { ago, count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import type { ScanTask } from "@/lib/wire";
import { Icon } from "@/ui";
import { isOpen } from "./tasks";
import { texts } from "./texts";
import { useNow } from "./useNow";
import { words } from "./words";

const QUIET_MS = 10_000;

/** What has to be known before the figures are read: being stopped, a stream that is silent. */
export function Banners({ task, live }: { task: ScanTask; live: { at?: Date; stale: boolean } }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const open = isOpen(task);
  const now = useNow(open);
  const stopping = task.Counts.Stopping;
  const quiet = open && !live.stale && live.at !== undefined && now.getTime() - live.at.getTime() > QUIET_MS;
  return (
    <>
      {task.StoppingAll && (
        <p className="task-banner" data-tone="warn" role="status">
          <Icon name="pause" /> {t.stopping(shared.machines(count(stopping, language), stopping === 1))}
        </p>
      )}
      {quiet && live.at && (
        <p className="task-banner" data-tone="info"><Icon name="clock" /> {t.lastEvent(ago(live.at, language, now))}</p>
      )}
    </>
  );
}
