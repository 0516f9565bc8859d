/** Every machine, whether it is heard of, and what was found on it. */
import { useEffect, useMemo, useState } from "react";
import {
  ApiButton, Button, DataGrid, Denied, EmptyState, FilterBar, Menu, MultiSelect, PageHeader, SearchField, Select, StatusTag, Tag, Time, Tooltip, useExport, useToast,
  type Column, type ExportKind, type MenuItem, type Selection,
} from "@/ui";
import { moduleTexts } from "@/app/texts";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useTopic } from "@/lib/live";
import { useCall, usePages } from "@/lib/query";
import { navigate, useUrlState } from "@/lib/router";
import { useCan } from "@/lib/session";
import { type Machine, type Module, MODULES } from "@/lib/wire";
import { MachineDrawer } from "./MachineDrawer";
import { TagsDialog } from "./TagsDialog";
import { texts } from "./texts";
import "./machines.css";

interface Fleet {
  Total: number;
  Online: number;
  Offline: number;
  rev: number;
}

const REFETCH_MS = 2_000;
/** New names come from agents, of which the stream says nothing. */
const REREAD_MS = 30_000;
/** While the stream is down. */
const POLL_MS = 3_000;
const SORTS: Record<string, string> = { name: "HostName", seen: "LastSeenTime" };

export default function MachinesScreen() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const [state, setState] = useUrlState({ q: "", status: "", os: [] as string[], tag: [] as string[], risk: "", only: "", sort: "", desc: false as boolean, open: "" });
  const [selection, setSelection] = useState<Selection>({ keys: new Set(), all: false });
  const [tagging, setTagging] = useState<Machine[] | null>(null);
  const parameters = useMemo(
    () => ({
      ...(state.q ? { Query: state.q } : {}),
      ...(state.status ? { Status: [state.status] } : {}),
      ...(state.os.length > 0 ? { OsNames: state.os } : {}),
      ...(state.tag.length > 0 ? { Tags: state.tag } : {}),
      ...(state.risk ? { RiskModules: [state.risk] } : {}),
      ...(state.only === "old" ? { AgentTooOld: true } : {}),
      ...(state.only === "never" ? { NeverScanned: true } : {}),
      ...(SORTS[state.sort] ? { Sort: SORTS[state.sort], Descending: state.desc } : {}),
    }),
    [state.q, state.status, state.os, state.tag, state.risk, state.only, state.sort, state.desc],
  );
  const pages = usePages<Machine>("hostward", "ListMachines", parameters, "Machines");
  const fleet = useTopic<Fleet>("machines");
  useSteady(fleet.state?.rev, pages.refetch);
  useReread(pages.refetch, fleet.stale ? POLL_MS : REREAD_MS);
  const filtered = Object.keys(parameters).some((name) => name !== "Sort" && name !== "Descending");
  const clear = () => setState({ q: "", status: "", os: [], tag: [], risk: "", only: "" });
  const columns = useColumns();
  const chosen = useChosen(pages.row, pages.total, selection);
  const menu = (row: Machine): MenuItem[] => [
    ...(can("scan:start") ? [{ label: t.scan, icon: "play" as const, to: scanOf([row]) }] : []),
    ...(can("machine:tag") ? [{ label: t.editTags, icon: "tag" as const, onSelect: () => setTagging([row]) }] : []),
    { label: t.copyId, icon: "copy", onSelect: () => void navigator.clipboard.writeText(row.Quuid).then(() => toast(t.copied, "ok")) },
  ];
  return (
    <>
      <PageHeader title={t.title} badges={<FleetTags fleet={fleet.state} />} actions={<>{can("export:create") && <ExportMenu parameters={parameters} filtered={filtered} />}{can("enrolment:read") && <Button icon="plus" to="/machines/enroll">{t.enrol}</Button>}<ApiButton /></>} />
      <Filters state={state} onChange={setState} />
      {pages.error?.permission ? (
        <Denied permission={pages.error.permission} />
      ) : (
        <DataGrid
          label={t.title}
          storageKey="machines"
          columns={columns}
          pages={pages}
          rowKey={(row) => row.Quuid}
          onOpen={(row) => setState({ open: row.Quuid })}
          selection={{ ...selection, onChange: setSelection }}
          sort={{ by: state.sort, descending: state.desc }}
          onSort={(sort, desc) => setState({ sort, desc })}
          menu={menu}
          bulk={
            <>
              {can("scan:start") && <Button size="small" icon="play" onClick={() => navigate(selection.all ? "/scan/new?scope=all" : scanOf(chosen))}>{t.scanSome(selection.all ? pages.total : chosen.length)}</Button>}
              {can("machine:tag") && <Button size="small" icon="tag" disabled={chosen.length === 0} onClick={() => setTagging(chosen)}>{t.editTags}</Button>}
            </>
          }
          empty={filtered ? <EmptyState title={t.emptyFilter} action={<Button onClick={clear}>{t.clear}</Button>} /> : <EmptyState title={t.empty} command="hostward machine enroll" />}
        />
      )}
      {state.open && <MachineDrawer quuid={state.open} onTag={(machine) => setTagging([machine])} onClose={() => setState({ open: "" })} onChange={pages.refetch} />}
      {tagging && (
        <TagsDialog
          machines={tagging}
          onClose={() => setTagging(null)}
          onDone={() => {
            setTagging(null);
            pages.refetch();
          }}
        />
      )}
    </>
  );
}

/** Files of all the machines, or of those that the filters leave. */
function ExportMenu({ parameters, filtered }: { parameters: object; filtered: boolean }) {
  const t = useTexts(texts);
  const { busy, start } = useExport();
  const kinds = ["xlsx", "csv"] as const;
  const save = (kind: ExportKind, chosen: object) => void start({ service: "hostward", action: "ExportMachines", parameters: chosen }, kind);
  const items: MenuItem[] = kinds.map((kind) => ({ label: t.exportAll(kind.toUpperCase()), icon: "download", onSelect: () => save(kind, {}) }));
  if (filtered) {
    const chosen = Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== "Sort" && name !== "Descending"));
    for (const kind of kinds) items.push({ label: t.exportThese(kind.toUpperCase()), icon: "filter", onSelect: () => save(kind, chosen) });
  }
  return <Menu label={t.exportMenu} icon="download" items={items} disabled={busy} />;
}

const scanOf = (machines: Machine[]) => `/scan/new?${machines.map((one) => `quuid=${encodeURIComponent(one.Quuid)}`).join("&")}`;

/** Ask again now and then, while somebody looks. */
function useReread(refetch: () => void, everyMs: number): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) refetch();
    }, everyMs);
    return () => clearInterval(timer);
  }, [refetch, everyMs]);
}

/** Ask again when something changed, at most once in a while. */
function useSteady(rev: number | undefined, refetch: () => void): void {
  useEffect(() => {
    if (rev === undefined) return undefined;
    const timer = setTimeout(refetch, REFETCH_MS);
    return () => clearTimeout(timer);
  }, [rev, refetch]);
}

/** Chosen rows that are here; rows that were scrolled out of the cache are no longer among them. */
function useChosen(row: (index: number) => Machine | undefined, total: number, selection: Selection): Machine[] {
  const found: Machine[] = [];
  if (selection.keys.size === 0) return found;
  for (let index = 0; index < total && found.length < selection.keys.size; index++) {
    const one = row(index);
    if (one && selection.keys.has(one.Quuid)) found.push(one);
  }
  return found;
}

/** Their place is kept until the numbers come. */
function FleetTags({ fleet }: { fleet: Fleet | undefined }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return (
    <>
      <Tag tone={fleet ? "ok" : "neutral"} icon="checkCircle">{`${t.online} ${fleet ? count(fleet.Online, language) : "–"}`}</Tag>
      <Tag icon="xCircle">{`${t.offline} ${fleet ? count(fleet.Offline, language) : "–"}`}</Tag>
    </>
  );
}

interface FilterState {
  q: string;
  status: string;
  os: string[];
  tag: string[];
  risk: string;
  only: string;
}

function Filters({ state, onChange }: { state: FilterState; onChange: (change: Partial<FilterState>) => void }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const systems = useCall<{ List: { Name: string }[] }>("cwp", "DescribeMachineOsList", {});
  const tags = useCall<{ List: { Name: string; Count: number }[] }>("cwp", "DescribeTags", {});
  return (
    <FilterBar>
      <SearchField label={t.search} value={state.q} onChange={(q) => onChange({ q })} placeholder={t.search} />
      <Select
        hideLabel label={t.status} value={state.status} onChange={(status) => onChange({ status })}
        options={[{ value: "", label: t.anyStatus }, { value: "Online", label: t.online }, { value: "Offline", label: t.offline }]}
      />
      <MultiSelect label={t.os} value={state.os} options={(systems.data?.List ?? []).map(({ Name }) => ({ value: Name, label: Name }))} onChange={(os) => onChange({ os })} />
      <MultiSelect label={t.tags} value={state.tag} options={(tags.data?.List ?? []).map(({ Name, Count }) => ({ value: Name, label: Name, count: Count }))} onChange={(tag) => onChange({ tag })} />
      <Select
        hideLabel label={t.risk} value={state.risk} onChange={(risk) => onChange({ risk })}
        options={[{ value: "", label: t.anyRisk }, ...MODULES.map((module) => ({ value: module, label: t.riskIn(names[module]) }))]}
      />
      <Select
        hideLabel label={t.facts} value={state.only} onChange={(only) => onChange({ only })}
        options={[{ value: "", label: t.anyMachine }, { value: "never", label: t.only.never }, { value: "old", label: t.only.old }]}
      />
    </FilterBar>
  );
}

function useColumns(): Column<Machine>[] {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return useMemo(() => {
    const risks = (module: Module): Column<Machine> => ({
      id: module, title: t.columns[module], width: module === "Vul" ? 68 : 80, align: "right",
      render: (row) => {
        const scan = row.Scans.find((one) => one.Module === module);
        if (!scan) return <Tooltip text={t.neverJudged}><span className="hw-muted">-</span></Tooltip>;
        return <span className={scan.Risks > 0 ? "hw-machines-risky" : ""}>{count(scan.Risks, language)}</span>;
      },
    });
    return [
      { id: "name", title: t.columns.name, sortable: true, card: "title", render: (row) => <strong className="hw-machines-name">{row.HostName || row.HostIp}</strong> },
      { id: "ip", title: t.columns.ip, width: 104, render: (row) => row.HostIp || "-" },
      { id: "os", title: t.columns.os, width: 128, render: (row) => row.OsName || "-" },
      { id: "kernel", title: t.columns.kernel, width: 150, hidden: true, render: (row) => row.Kernel || "-" },
      {
        id: "agent", title: t.columns.agent, width: 70,
        render: (row) => row.AgentTooOld ? <Tooltip text={`${t.tooOld}: ${t.tooOldHint}`}><Tag tone="warn" icon="alert">{row.AgentVersion}</Tag></Tooltip> : row.AgentVersion || "-",
      },
      { id: "status", title: t.columns.status, width: 94, render: (row) => <StatusTag state={row.Status} /> },
      { id: "seen", title: t.columns.seen, width: 106, sortable: true, render: (row) => row.LastSeenTime ? <Time value={row.LastSeenTime} /> : "-" },
      risks("Vul"), risks("Malware"), risks("Baseline"),
      { id: "tags", title: t.columns.tags, width: 96, render: (row) => <span className="hw-machines-tags">{row.Tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</span> },
      { id: "remark", title: t.columns.remark, width: 160, hidden: true, render: (row) => row.Remark || "-" },
      { id: "wan", title: t.columns.wan, width: 130, hidden: true, render: (row) => row.WanIp || "-" },
    ];
  }, [t, language]);
}
