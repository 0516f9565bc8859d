import { useMemo } from "react";
import { Button, type Column, DataGrid, EmptyState, FilterBar, SearchField, StatusTag, Time } from "@/ui";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { usePages } from "@/lib/query";
import { Link, navigate } from "@/lib/router";
import type { Machine } from "@/lib/wire";
import type { ListView } from "./list";
import { NoValue } from "./parts";
import { texts } from "./texts";

const listOf = (machine: Machine) => `/vulns?machine=${encodeURIComponent(machine.Quuid)}`;
const scanOf = (machine: Machine) => machine.Scans.find((one) => one.Module === "Vul");

/** Those at risk, the one with most vulnerabilities first. */
export function Machines({ view, onView }: { view: ListView; onView: (change: Partial<ListView>) => void }) {
  const t = useTexts(texts);
  const parameters = useMemo(() => ({ RiskModules: ["Vul"], Sort: "Vulnerabilities", Descending: true, ...(view.q ? { Query: view.q } : {}) }), [view.q]);
  const pages = usePages<Machine>("hostward", "ListMachines", parameters, "Machines");
  const columns = useColumns();
  return (
    <>
      <FilterBar><SearchField label={t.searchMachines} placeholder={t.searchMachines} value={view.q} onChange={(q) => onView({ q })} /></FilterBar>
      <DataGrid<Machine>
        label={t.view.machine}
        storageKey="vulns-machines"
        columns={columns}
        pages={pages}
        rowKey={(row) => row.Quuid}
        onOpen={(row) => navigate(listOf(row))}
        empty={view.q
          ? <EmptyState title={t.emptyMachinesFilter} icon="search" action={<Button onClick={() => onView({ q: "" })}>{t.clear}</Button>} />
          : <EmptyState title={t.emptyMachines} icon="shieldCheck" />}
      />
    </>
  );
}

function useColumns(): Column<Machine>[] {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return useMemo<Column<Machine>[]>(
    () => [
      { id: "host", title: t.columns.host, card: "title", render: (row) => <Link className="hw-vulns-id" to={listOf(row)}>{row.HostName || row.HostIp}</Link> },
      { id: "ip", title: t.columns.ip, width: 128, render: (row) => row.HostIp || <NoValue /> },
      { id: "os", title: t.columns.os, width: 200, render: (row) => row.OsName || <NoValue /> },
      { id: "status", title: t.columns.status, width: 104, render: (row) => <StatusTag state={row.Status} /> },
      { id: "vulns", title: t.columns.vulns, width: 96, align: "right", render: (row) => <strong className="hw-vulns-many">{count(scanOf(row)?.Risks ?? 0, language)}</strong> },
      { id: "judged", title: t.columns.judged, width: 120, render: (row) => <Time value={scanOf(row)?.EndTime ?? ""} /> },
    ],
    [t, language],
  );
}
