import { useMemo, useState } from "react";
import { Button, type Column, DataGrid, EmptyState, FilterBar, SearchField, Select, type Selection, Time } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { usePages } from "@/lib/query";
import { useUrlState } from "@/lib/router";
import { useCan } from "@/lib/session";
import type { VulnerableMachine } from "@/lib/wire";
import type { Picked } from "../ignoring/MachinePicker";
import { Installed, NoValue, State } from "./parts";
import { texts } from "./texts";
import { Why } from "./Why";

interface VulMachinesProps {
  id: number;
  onIgnore: (machines: Picked[]) => void;
  onRescan: (quuids: string[]) => void;
  busy: boolean;
}

const STATUSES = ["", "present", "fixed"] as const;

/** Which machines have it or had it; a row opens why. */
export function VulMachines({ id, onIgnore, onRescan, busy }: VulMachinesProps) {
  const t = useTexts(texts);
  const can = useCan();
  const [view, setView] = useUrlState({ q: "", status: "", why: 0 });
  const [selection, setSelection] = useState<Selection>({ keys: new Set(), all: false });
  const status = STATUSES.find((one) => one === view.status) ?? "";
  const parameters = useMemo(() => ({ VulId: id, Status: status, ...(view.q ? { Query: view.q } : {}) }), [id, status, view.q]);
  const pages = usePages<VulnerableMachine>("hostward", "ListVulnerableMachines", parameters, "Machines");
  const columns = useColumns();
  const chosen = useChosen(pages.row, pages.total, selection);
  const acting = can("scan:start") || can("ignore:write");
  const filtered = view.q !== "" || status !== "";
  const clear = () => setView({ q: "", status: "" });
  return (
    <section className="hw-vulns-machines">
      <h2>{t.machinesTitle}</h2>
      <FilterBar actions={filtered && <Button kind="quiet" onClick={clear}>{t.clear}</Button>}>
        <SearchField label={t.searchMachines} placeholder={t.searchMachines} value={view.q} onChange={(q) => setView({ q })} />
        <Select hideLabel label={t.status} value={status} onChange={(next) => setView({ status: next })} options={STATUSES.map((value) => ({ value, label: value ? t.state[value] ?? value : t.statuses.any }))} />
      </FilterBar>
      <DataGrid<VulnerableMachine>
        label={t.machinesTitle}
        storageKey="vuln-machines"
        columns={columns}
        pages={pages}
        rowKey={(row) => row.Quuid}
        onOpen={(row) => setView({ why: row.EventId })}
        {...(acting ? { selection: { ...selection, onChange: (next: Selection) => setSelection({ ...next, all: false }) } } : {})}
        bulk={
          <>
            {can("scan:start") && <Button size="small" icon="refresh" busy={busy} disabled={chosen.length === 0} onClick={() => onRescan(chosen.map((one) => one.Quuid))}>{t.rescanSome(chosen.length)}</Button>}
            {can("ignore:write") && <Button size="small" icon="eye" disabled={chosen.length === 0} onClick={() => onIgnore(chosen)}>{t.ignoreHere}</Button>}
          </>
        }
        empty={filtered ? <EmptyState title={t.emptyMachinesFilter} icon="filter" action={<Button onClick={clear}>{t.clear}</Button>} /> : <EmptyState title={t.noMachineHas} icon="shieldCheck" />}
      />
      {view.why > 0 && <Why event={view.why} onClose={() => setView({ why: 0 })} />}
    </section>
  );
}

/** Chosen rows that are here; those that were scrolled out of the cache are no longer among them. */
function useChosen(row: (index: number) => VulnerableMachine | undefined, total: number, selection: Selection): VulnerableMachine[] {
  const found: VulnerableMachine[] = [];
  for (let index = 0; index < total && found.length < selection.keys.size; index++) {
    const one = row(index);
    if (one && selection.keys.has(one.Quuid)) found.push(one);
  }
  return found;
}

function useColumns(): Column<VulnerableMachine>[] {
  const t = useTexts(texts);
  return useMemo<Column<VulnerableMachine>[]>(
    () => [
      { id: "host", title: t.columns.host, card: "title", render: (row) => <strong className="hw-vulns-host" title={row.HostName}>{row.HostName || row.HostIp}</strong> },
      { id: "ip", title: t.columns.ip, width: 96, render: (row) => row.HostIp || <NoValue /> },
      { id: "os", title: t.columns.os, width: 104, render: (row) => <span title={row.OsName}>{row.OsName || <NoValue />}</span> },
      { id: "status", title: t.columns.status, width: 104, render: (row) => <State status={row.Status} ignored={row.Ignored} reopened={row.Reopened} /> },
      { id: "packages", title: t.columns.packages, width: 248, render: (row) => <Packages row={row} /> },
      { id: "first", title: t.columns.first, width: 116, render: (row) => <Time value={row.FirstSeen} /> },
      { id: "fixed", title: t.fixedSince, width: 116, render: (row) => (row.Fixed ? <span title={t.cause[row.Cause]}><Time value={row.Fixed} /></span> : <NoValue />) },
      { id: "last", title: t.columns.last, width: 108, hidden: true, render: (row) => <Time value={row.LastSeen} /> },
    ],
    [t],
  );
}

function Packages({ row }: { row: VulnerableMachine }) {
  const [first, ...others] = row.Packages;
  if (!first) return <NoValue />;
  return <><Installed one={first} />{others.length > 0 && <span className="hw-muted" title={others.map((one) => `${one.Name} ${one.Installed}`).join(", ")}> +{others.length}</span>}</>;
}
