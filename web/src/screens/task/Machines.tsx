import { useEffect, useMemo, useState } from "react";
import { useTexts } from "@/lib/i18n";
import { usePages } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { Bucket, MachineRow, ScanTask } from "@/lib/wire";
import { Button, DataGrid, EmptyState, FilterBar, type MenuItem, MultiSelect, SearchField, type Selection } from "@/ui";
import { MachineDrawer } from "./MachineDrawer";
import { useMachineColumns } from "./machineColumns";
import { StopDialog } from "./StopDialog";
import { BUCKETS, isOpen } from "./tasks";
import { texts } from "./texts";
import { useLiveMachines } from "./useLiveMachines";
import { useRerun } from "./useRerun";
import { bucketsOf, machineParameters, sortOf, type View } from "./view";
import { words } from "./words";

interface MachinesProps {
  task: ScanTask;
  buckets: Record<Bucket, number>;
  view: View;
  onView: (change: Partial<View>) => void;
}

const NONE: Selection = { keys: new Set(), all: false };

/** The machines of a task, filtered, sorted, live; each opens in a drawer. */
export function Machines({ task, buckets, view, onView }: MachinesProps) {
  const t = useTexts(texts);
  const asked = JSON.stringify(machineParameters(task.Module, task.TaskId, view));
  const parameters = useMemo(() => JSON.parse(asked) as object, [asked]);
  const pages = usePages<MachineRow>("hostward", "ListScanTaskMachines", parameters, "Machines");
  const [first, setFirst] = useState(0);
  useLiveMachines(pages, { module: task.Module, task: task.TaskId, view, first, open: isOpen(task) });
  const columns = useMachineColumns();
  const [opened, setOpened] = useState<{ row: MachineRow; index: number } | null>(null);
  const [selected, setSelected] = useState<Selection>(NONE);
  useEffect(() => setSelected(NONE), [asked]);
  const { acts, bulk, dialog } = useMachineActs(task, pages, selected, view);
  const sort = sortOf(view);
  const filtered = view.q !== "" || view.status.length > 0;
  const now = opened ? pages.row(opened.index) : undefined;
  const shown = opened && now?.Quuid === opened.row.Quuid ? now : opened?.row;
  const clear = <Button onClick={() => onView({ q: "", status: [] })}>{t.clear}</Button>;
  return (
    <>
      <MachineFilters buckets={buckets} view={view} onView={onView} />
      <DataGrid<MachineRow>
        label={t.tabMachines}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.Quuid}
        storageKey="task-machines"
        onOpen={(row, index) => setOpened({ row, index })}
        selection={{ ...selected, onChange: setSelected }}
        bulk={bulk}
        menu={acts}
        {...(sort ? { sort } : {})}
        onSort={(by, descending) => onView({ sort: descending ? `-${by}` : by })}
        onWindow={(from) => setFirst(from)}
        empty={filtered ? <EmptyState title={t.noneMatch} icon="filter" action={clear} /> : <EmptyState title={t.noMachines} />}
      />
      <MachineDrawer task={task} row={shown} menu={acts} onClose={() => setOpened(null)} />
      {dialog}
    </>
  );
}

function MachineFilters({ buckets, view, onView }: Omit<MachinesProps, "task">) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const filtered = view.q !== "" || view.status.length > 0;
  return (
    <FilterBar actions={filtered ? <Button kind="quiet" onClick={() => onView({ q: "", status: [] })}>{t.clear}</Button> : undefined}>
      <SearchField label={t.search} placeholder={t.searchHint} value={view.q} onChange={(q) => onView({ q })} />
      <MultiSelect
        label={t.status}
        value={bucketsOf(view)}
        options={BUCKETS.map((one) => ({ value: one, label: shared.buckets[one] ?? one, count: buckets[one] }))}
        onChange={(status) => onView({ status })}
      />
    </FilterBar>
  );
}

const FINAL: Bucket[] = ["Ok", "OkWithRisks", "Offline", "Timeout", "Failed", "TooOld", "Stopped"];

/** What can be done with single machines of a task, as far as this user may. */
function useMachineActs(task: ScanTask, pages: { row(index: number): MachineRow | undefined; total: number }, selected: Selection, view: View) {
  const t = useTexts(texts);
  const can = useCan();
  const { busy, rerun } = useRerun();
  const [stopping, setStopping] = useState<MachineRow[] | null>(null);
  const isFinal = (row: MachineRow) => FINAL.includes(row.Bucket);
  const acts = (row: MachineRow): MenuItem[] => {
    const items: MenuItem[] = [];
    if (can("scan:start") && isFinal(row)) {
      items.push({ label: t.rerunOne, icon: "refresh", onSelect: () => void rerun(task, { quuids: [row.Quuid] }) });
    }
    if (can("scan:stop") && !isFinal(row)) {
      items.push({ label: t.stopOne, icon: "stop", danger: true, onSelect: () => setStopping([row]) });
    }
    items.push({ label: t.openMachine, icon: "server", to: `/machines?open=${encodeURIComponent(row.Quuid)}` });
    return items;
  };
  // Rows that were chosen one by one have been seen, and are among the pages kept.
  const chosen: MachineRow[] = [];
  for (let index = 0; index < pages.total && chosen.length < selected.keys.size; index++) {
    const row = pages.row(index);
    if (row && selected.keys.has(row.Quuid)) chosen.push(row);
  }
  const open = chosen.filter((row) => !isFinal(row));
  const bulk = (
    <>
      {can("scan:start") && selected.all && (
        <Button size="small" icon="refresh" busy={busy} disabled={!task.CanRerun} onClick={() => void rerun(task, { buckets: bucketsOf(view), query: view.q })}>
          {t.rerunThese}
        </Button>
      )}
      {can("scan:start") && !selected.all && (
        <Button size="small" icon="refresh" busy={busy} disabled={chosen.every((row) => !isFinal(row))} onClick={() => void rerun(task, { quuids: chosen.filter(isFinal).map((row) => row.Quuid) })}>
          {t.rerunThese}
        </Button>
      )}
      {can("scan:stop") && !selected.all && (
        <Button size="small" icon="stop" disabled={open.length === 0} onClick={() => setStopping(open)}>{t.stopThese}</Button>
      )}
    </>
  );
  const dialog = <StopDialog task={stopping ? task : null} {...(stopping ? { machines: stopping } : {})} onClose={() => setStopping(null)} />;
  return { acts, bulk, dialog };
}
