import { useMemo } from "react";
import {
  Button, type Column, DataGrid, EmptyState, FilterBar, MultiSelect, SearchField, Select, Severity, type SeverityLevel, Time, Tooltip,
} from "@/ui";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall, usePages } from "@/lib/query";
import { Link, navigate } from "@/lib/router";
import { useCan } from "@/lib/session";
import type { Machine, MachineVulnerability, Vulnerability } from "@/lib/wire";
import { FIRST_VIEW, FIXABLES, fixableOf, isFiltered, LEVELS, type ListView, parametersOf, STATUSES, statusOf, titleOf } from "./list";
import { Epss, Fix, Kev, NoValue, State, Version } from "./parts";
import { texts } from "./texts";

interface PartProps {
  view: ListView;
  onView: (change: Partial<ListView>) => void;
}

/** Where a row leads: on the list of one machine, to why that machine has it. */
const pathOf = (row: Vulnerability | MachineVulnerability) => `/vulns/${row.VulId}${"EventId" in row ? `?why=${row.EventId}` : ""}`;

const packageOf = (row: Vulnerability | MachineVulnerability) => ("Packages" in row ? row.Packages[0] : undefined);

/** Of all machines, or of one. */
export function Vulnerabilities({ view, onView }: PartProps) {
  const t = useTexts(texts);
  const asked = JSON.stringify(parametersOf(view));
  const parameters = useMemo(() => JSON.parse(asked) as object, [asked]);
  const ofOne = view.machine !== "";
  const pages = usePages<Vulnerability | MachineVulnerability>("hostward", ofOne ? "ListMachineVulnerabilities" : "ListVulnerabilities", parameters, "Vulnerabilities");
  const columns = useColumns(ofOne);
  const can = useCan();
  const filtered = isFiltered(view);
  const clear = () => onView({ ...FIRST_VIEW, machine: view.machine, sort: view.sort, asc: view.asc });
  return (
    <>
      <Filters view={view} onView={onView} {...(filtered ? { onClear: clear } : {})} />
      <DataGrid<Vulnerability | MachineVulnerability>
        label={t.title}
        storageKey={ofOne ? "vulns-machine" : "vulns"}
        columns={columns}
        pages={pages}
        rowKey={(row) => String(row.VulId)}
        onOpen={(row) => navigate(pathOf(row))}
        sort={{ by: view.sort || "level", descending: !view.asc }}
        onSort={(sort, descending) => onView({ sort: sort === "level" && descending ? "" : sort, asc: !descending })}
        empty={filtered
          ? <EmptyState title={t.emptyFilter} icon="filter" action={<Button onClick={clear}>{t.clear}</Button>} />
          : <EmptyState title={t.empty} icon="shieldCheck" action={can("scan:start") && <Button icon="play" to="/scan/new?module=Vul">{t.scan}</Button>} />}
      />
    </>
  );
}

function Filters({ view, onView, onClear }: PartProps & { onClear?: () => void }) {
  const t = useTexts(texts);
  return (
    <FilterBar actions={onClear && <Button kind="quiet" onClick={onClear}>{t.clear}</Button>}>
      {view.machine && <OfMachine quuid={view.machine} onLeave={() => onView({ machine: "" })} />}
      <SearchField label={t.search} placeholder={t.search} value={view.q} onChange={(q) => onView({ q })} />
      <MultiSelect label={t.level} value={view.level} options={LEVELS.map((value) => ({ value, label: t.levels[value] }))} onChange={(level) => onView({ level })} />
      <Select
        hideLabel label={t.status} value={statusOf(view)} onChange={(status) => onView({ status: status === "open" ? "" : status })}
        options={STATUSES.map((value) => ({ value, label: t.statuses[value] }))}
      />
      {!view.machine && (
        <>
          <Select
            hideLabel label={t.fixable} value={fixableOf(view)} onChange={(fixable) => onView({ fixable: fixable === "any" ? "" : fixable })}
            options={FIXABLES.map((value) => ({ value, label: t.fixables[value] }))}
          />
          <Button aria-pressed={view.kev} className="hw-vulns-toggle" onClick={() => onView({ kev: !view.kev })}>{t.kev}</Button>
        </>
      )}
    </FilterBar>
  );
}

/** Whose vulnerabilities these are, and the way back to everybody's. */
function OfMachine({ quuid, onLeave }: { quuid: string; onLeave: () => void }) {
  const t = useTexts(texts);
  const asked = useCall<{ Machines: Machine[] }>("hostward", "ListMachines", { Quuids: [quuid], Limit: 1 });
  const machine = asked.data?.Machines[0];
  return <Button icon="x" className="hw-vulns-machine" title={t.leaveMachine} onClick={onLeave}>{t.onMachine(machine?.HostName || machine?.HostIp || quuid)}</Button>;
}

function useColumns(ofOne: boolean): Column<Vulnerability | MachineVulnerability>[] {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return useMemo(() => {
    type Row = Vulnerability | MachineVulnerability;
    const title: Column<Row> = { id: "name", title: t.columns.name, hidden: ofOne, render: (row) => <span className="hw-vulns-title" title={row.Name}><Kev kev={row.Kev} /><span>{titleOf(row) || (row.Kev ? null : <NoValue />)}</span></span> };
    const first: Column<Row>[] = [
      { id: "level", title: t.columns.level, width: 96, sortable: true, render: (row) => <Severity level={row.Level as SeverityLevel} /> },
      { id: "cve", title: t.columns.cve, width: 150, card: "title", render: (row) => <Link className="hw-vulns-id" to={pathOf(row)}>{row.CveId}</Link> },
    ];
    const scores: Column<Row>[] = [
      { id: "cvss", title: t.columns.cvss, width: 56, align: "right", sortable: true, render: (row) => row.Cvss || <NoValue /> },
      { id: "epss", title: t.columns.epss, width: 60, align: "right", sortable: true, render: (row) => <Epss epss={row.Epss} /> },
    ];
    const seen: Column<Row>[] = [
      { id: "first", title: t.columns.first, width: 118, sortable: true, render: (row) => <Time value={row.FirstSeen} /> },
      { id: "last", title: t.columns.last, width: 108, sortable: true, hidden: true, render: (row) => <Time value={row.LastSeen} /> },
    ];
    if (ofOne) {
      return [
        ...first, title,
        { id: "kev", title: t.columns.kev, width: 60, render: (row) => (row.Kev ? <Kev kev /> : <NoValue />) },
        ...scores,
        { id: "component", title: t.columns.component, render: (row) => <span title={row.Component}>{row.Component || <NoValue />}</span> },
        { id: "installed", title: t.columns.installed, width: 128, render: (row) => <Version text={packageOf(row)?.Installed ?? ""} /> },
        { id: "fixed", title: t.columns.fixed, width: 128, render: (row) => <Fix fixed={row.Fixed} status={row.FixStatus} /> },
        { id: "status", title: t.columns.status, width: 104, render: (row) => <State status={row.Status} ignored={"Ignored" in row && row.Ignored} reopened={"Reopened" in row && row.Reopened} /> },
        ...seen,
      ];
    }
    return [
      ...first, title,
      { id: "component", title: t.columns.component, width: 112, render: (row) => <span title={row.Component}>{row.Component || <NoValue />}</span> },
      ...scores,
      { id: "fixed", title: t.columns.fixed, width: 144, render: (row) => <Fix fixed={row.Fixed} status={row.FixStatus} /> },
      {
        id: "machines", title: t.columns.machines, width: 88, align: "right", sortable: true,
        render: (row) => <Tooltip text={t.machinesTitle}><Link to={`/vulns/${row.VulId}`}>{count(row.Machines || row.IgnoredMachines || row.FixedMachines, language)}</Link></Tooltip>,
      },
      ...seen,
    ];
  }, [t, language, ofOne]);
}
