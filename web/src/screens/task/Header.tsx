import { useState } from "react";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCan } from "@/lib/session";
import type { ScanTask } from "@/lib/wire";
import { ApiButton, Button, ConfirmDialog, type ExportKind, LiveDot, Menu, type MenuItem, PageHeader, Tag, useExport, useToast } from "@/ui";
import { CompareDrawer } from "./CompareDrawer";
import { PhaseTag } from "./PhaseTag";
import { StopDialog } from "./StopDialog";
import { FAILURES, failures, isOpen, phaseOf, shownPercent } from "./tasks";
import { texts } from "./texts";
import { useKey } from "./useKey";
import { useRerun } from "./useRerun";
import { useTabIcon } from "./useTabIcon";
import { words } from "./words";

interface HeaderProps {
  task: ScanTask;
  previous: number;
  live: { at?: Date; stale: boolean };
  /** Export filters of what the table shows; null where none says it; undefined while it shows everything. */
  filters: object[] | null | undefined;
}

/** Name and state of a task, and what can be done with all of it. */
export function Header({ task, previous, live, filters }: HeaderProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const can = useCan();
  const { busy, rerun } = useRerun();
  const [stopping, setStopping] = useState(false);
  const name = shared.task(shared.moduleShort[task.Module] ?? task.Module, task.TaskId);
  const open = isOpen(task);
  const percent = shownPercent(task);
  useTabIcon(open ? percent : null);
  const failed = failures(task);
  const mayRerun = can("scan:start") && failed > 0;
  const rerunFailed = () => void rerun(task, { buckets: FAILURES });
  useKey("r", mayRerun && task.CanRerun && !busy ? rerunFailed : null);
  return (
    <>
      <PageHeader
        crumbs={[{ label: t.tasks, to: "/tasks" }]}
        title={name}
        titleText={open ? t.titleRunning(percent, name) : name}
        badges={
          <>
            <PhaseTag phase={phaseOf(task)} />
            <Tag icon={task.Type === 1 ? "calendar" : "play"}>{task.Type === 1 ? shared.scheduled : shared.oneClick}</Tag>
            {task.Runs > 1 && <Tag icon="refresh">{t.run(task.Runs)}</Tag>}
            {open && <LiveDot {...(live.at ? { at: live.at } : {})} stale={live.stale} />}
          </>
        }
        sub={[task.CreatedBy && t.by(task.CreatedBy), task.StoppedBy && t.stoppedBy(task.StoppedBy)].filter(Boolean).join(" · ")}
        actions={
          <>
            {can("scan:stop") && open && (
              <Button icon="stop" disabled={!task.CanStop} onClick={() => setStopping(true)}>{t.stopAll}</Button>
            )}
            {mayRerun && (
              <Button icon="refresh" busy={busy} disabled={!task.CanRerun} onClick={rerunFailed}>
                {shared.rerunFailed(count(failed, language))}
              </Button>
            )}
            {can("export:create") && <ExportMenu task={task} filters={filters} />}
            <MoreMenu task={task} name={name} previous={previous} />
            <ApiButton />
          </>
        }
      />
      <StopDialog task={stopping ? task : null} onClose={() => setStopping(false)} />
    </>
  );
}

function ExportMenu({ task, filters }: { task: ScanTask; filters: HeaderProps["filters"] }) {
  const t = useTexts(texts);
  const { busy, start } = useExport();
  const save = (kind: ExportKind, chosen?: object[]) =>
    void start({ service: "cwp", action: "ExportScanTaskDetails", parameters: { ModuleType: task.Module, TaskId: task.TaskId, Filters: chosen ?? [] } }, kind);
  const kinds = ["xlsx", "csv"] as const;
  const items: MenuItem[] = kinds.map((kind) => ({
    label: t.exportAll(kind.toUpperCase()), icon: "download", onSelect: () => save(kind),
  }));
  if (filters !== undefined) {
    for (const kind of kinds) {
      items.push({
        label: t.exportThese(kind.toUpperCase()),
        icon: "filter",
        disabled: filters === null,
        ...(filters === null ? { hint: t.exportNoFilter } : {}),
        onSelect: () => save(kind, filters ?? []),
      });
    }
  }
  return <Menu label={t.exportMenu} icon="download" items={items} disabled={busy} />;
}

/** What is needed less often: compare, share, clone, rerun all. */
function MoreMenu({ task, name, previous }: { task: ScanTask; name: string; previous: number }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const can = useCan();
  const toast = useToast();
  const { busy, rerun } = useRerun();
  const [comparing, setComparing] = useState(false);
  const [asking, setAsking] = useState(false);
  const share = () => {
    void navigator.clipboard.writeText(window.location.href).then(() => toast(t.shared, "ok"));
  };
  const items: MenuItem[] = [];
  if (previous > 0) items.push({ label: t.compare(previous), icon: "columns", onSelect: () => setComparing(true) });
  if (navigator.clipboard) items.push({ label: t.share, icon: "link", onSelect: share });
  if (can("scan:start")) {
    items.push({ label: t.clone, icon: "copy", to: `/scan/new?clone=${task.Module}:${task.TaskId}` });
    const { Stopped } = task.Counts;
    if (Stopped > 0) {
      items.push({
        label: t.rerunStopped(count(Stopped, language)), icon: "refresh", disabled: !task.CanRerun,
        onSelect: () => void rerun(task, { buckets: ["Stopped"] }),
      });
    }
    items.push({ label: t.rerunAll, icon: "refresh", disabled: isOpen(task), onSelect: () => setAsking(true) });
  }
  return (
    <>
      <Menu label={t.more} icon="more" iconOnly items={items} />
      <CompareDrawer
        module={task.Module}
        pair={comparing ? { older: previous, newer: task.TaskId } : null}
        onClose={() => setComparing(false)}
      />
      <ConfirmDialog
        open={asking}
        title={t.rerunAllTitle(name)}
        body={t.rerunAllBody(shared.machines(count(task.Machines, language), task.Machines === 1))}
        count={task.Machines}
        verb={t.rerunAll}
        busy={busy}
        onConfirm={() => void rerun(task, { buckets: [] }).then(() => setAsking(false))}
        onClose={() => setAsking(false)}
      />
    </>
  );
}
