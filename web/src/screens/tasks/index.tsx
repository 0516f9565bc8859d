import { useEffect, useMemo, useState } from "react";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { usePages } from "@/lib/query";
import { navigate, useUrlState } from "@/lib/router";
import { useCan } from "@/lib/session";
import type { Module, ScanTask } from "@/lib/wire";
import { ApiButton, Button, DataGrid, EmptyState, LiveDot, type MenuItem, PageHeader, type Selection, useExport } from "@/ui";
import { CompareDrawer } from "../task/CompareDrawer";
import { StopDialog } from "../task/StopDialog";
import { failures, taskPath } from "../task/tasks";
import { useRerun } from "../task/useRerun";
import { words } from "../task/words";
import { useTaskColumns } from "./columns";
import { NO_FILTERS, parametersOf, TaskFilters } from "./TaskFilters";
import { texts } from "./texts";
import { useLiveTasks } from "./useLiveTasks";
import "../task/task.css";
import "./tasks.css";

const NONE: Selection = { keys: new Set(), all: false };
const FIRST_ROWS = 40;

/** All scan tasks, newest first. */
export default function Tasks() {
  const t = useTexts(texts);
  const can = useCan();
  const [filters, setFilters] = useUrlState(NO_FILTERS);
  const asked = JSON.stringify(parametersOf(filters));
  const parameters = useMemo(() => JSON.parse(asked) as object, [asked]);
  const pages = usePages<ScanTask>("hostward", "ListScanTasks", parameters, "Tasks");
  const [seen, setSeen] = useState({ first: 0, last: FIRST_ROWS });
  const live = useLiveTasks(pages, seen);
  const columns = useTaskColumns();
  const [selected, setSelected] = useState<Selection>(NONE);
  useEffect(() => setSelected(NONE), [asked]);
  const { menu, dialog } = useTaskMenu();
  const compare = useCompare(selected);
  const filtered = asked !== "{}";
  const newScan = can("scan:start") ? <Button icon="plus" to="/scan/new">{t.newScan}</Button> : null;
  return (
    <>
      <PageHeader
        title={t.title}
        badges={<LiveDot {...(live.at ? { at: live.at } : {})} stale={live.stale} />}
        actions={<><ApiButton />{newScan}</>}
      />
      <TaskFilters filters={filters} onChange={setFilters} />
      <DataGrid<ScanTask>
        label={t.title}
        columns={columns}
        pages={pages}
        rowKey={keyOf}
        storageKey="tasks"
        onOpen={(task) => navigate(taskPath(task.Module, task.TaskId))}
        selection={{ ...selected, onChange: setSelected }}
        bulk={compare.button}
        menu={menu}
        onWindow={(first, last) => setSeen((before) => (before.first === first && before.last === last ? before : { first, last }))}
        empty={
          filtered ? (
            <EmptyState title={t.noneTitle} icon="filter" action={<Button onClick={() => setFilters(NO_FILTERS)}>{t.clear}</Button>} />
          ) : (
            <EmptyState title={t.emptyTitle} icon="shield" action={newScan}>{t.emptyText}</EmptyState>
          )
        }
      />
      {dialog}
      {compare.drawer}
    </>
  );
}

const whole = (task: ScanTask) => ({ service: "cwp", action: "ExportScanTaskDetails", parameters: { ModuleType: task.Module, TaskId: task.TaskId } }) as const;
const keyOf = (task: ScanTask) => `${task.Module}:${task.TaskId}`;

/** What can be done with a task, as far as this user may. */
function useTaskMenu() {
  const t = useTexts(words);
  const [language] = useLanguage();
  const can = useCan();
  const [stopping, setStopping] = useState<ScanTask | null>(null);
  const { rerun } = useRerun();
  const { start } = useExport();
  const menu = (task: ScanTask): MenuItem[] => {
    const failed = failures(task);
    const items: MenuItem[] = [{ label: t.open, icon: "arrowRight", to: taskPath(task.Module, task.TaskId) }];
    if (can("scan:start") && failed > 0) {
      items.push({
        label: t.rerunFailed(count(failed, language)), icon: "refresh", disabled: !task.CanRerun,
        onSelect: () => void rerun(task, { buckets: ["Offline", "Timeout", "Failed", "TooOld"] }),
      });
    }
    if (can("scan:start")) items.push({ label: t.clone, icon: "copy", to: `/scan/new?clone=${task.Module}:${task.TaskId}` });
    if (can("export:create")) {
      items.push({ label: t.exportAs("XLSX"), icon: "download", onSelect: () => void start(whole(task), "xlsx") });
      items.push({ label: t.exportAs("CSV"), icon: "download", onSelect: () => void start(whole(task), "csv") });
    }
    if (can("scan:stop") && task.CanStop) {
      items.push({ label: t.stopAll, icon: "stop", danger: true, onSelect: () => setStopping(task) });
    }
    return items;
  };
  return { menu, dialog: <StopDialog task={stopping} onClose={() => setStopping(null)} /> };
}

/** Two selected tasks of one module can be compared, the later with the earlier. */
function useCompare(selected: Selection) {
  const t = useTexts(texts);
  const [pair, setPair] = useState<{ module: Module; older: number; newer: number } | null>(null);
  const chosen = [...selected.keys].map((key) => key.split(":")).map(([module = "", id = "0"]) => ({ module, id: Number(id) }));
  const [one, other] = chosen;
  const fits = !selected.all && chosen.length === 2 && one !== undefined && other !== undefined && one.module === other.module;
  const open = () => {
    if (!fits) return;
    setPair({ module: one.module as Module, older: Math.min(one.id, other.id), newer: Math.max(one.id, other.id) });
  };
  const button = (
    <Button size="small" icon="columns" disabled={!fits} title={fits ? undefined : t.compareTwo} onClick={open}>
      {t.compare}
    </Button>
  );
  const drawer = <CompareDrawer module={pair?.module ?? "Vul"} pair={pair} onClose={() => setPair(null)} />;
  return { button, drawer };
}
