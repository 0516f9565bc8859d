/** Ctrl or Cmd and K: pages, scans, vulnerabilities, machines, tasks and actions by a few letters of their names. */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { Dialog, Icon, type IconName } from "@/ui";
import { call } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { navigate } from "@/lib/router";
import { useCan } from "@/lib/session";
import { MODULES, type ScanTask, type Vulnerability } from "@/lib/wire";
import { ENTRIES } from "./routes";
import { moduleTexts } from "./texts";
import { texts } from "./paletteTexts";
import "./palette.css";

interface Hit {
  kind: "page" | "scan" | "vulnerability" | "machine" | "task" | "action";
  label: string;
  hint: string;
  to: string;
  icon: IconName;
}

/** A name of an advisory, or its beginning: the list is asked for nothing else. */
const NAMED = /^(cve|ghsa|[a-z]{2,6}-?\d{0,4}:?\d*)-|^\d{4}-\d/i;
const SETTLE_MS = 120;
const EACH = 5;
const SHOWN = 12;

function fits(words: string, query: string): boolean {
  const text = words.toLowerCase();
  return query.toLowerCase().split(/\s+/).every((part) => text.includes(part));
}

async function asked(query: string, kinds: Record<Hit["kind"], string>, signal: AbortSignal): Promise<Hit[]> {
  const [machines, tasks, vuls] = await Promise.allSettled([
    call<{ Machines: { Quuid: string; HostName: string; HostIp: string }[] }>("hostward", "ListMachines", { Query: query, Limit: EACH }, signal),
    /^\d{1,15}$/.test(query)
      ? call<{ Tasks: ScanTask[] }>("hostward", "ListScanTasks", { Query: query, Limit: EACH }, signal)
      : Promise.resolve({ Tasks: [] as ScanTask[] }),
    NAMED.test(query)
      ? call<{ Vulnerabilities: Vulnerability[] }>("hostward", "ListVulnerabilities", { Query: query, Limit: EACH }, signal)
      : Promise.resolve({ Vulnerabilities: [] as Vulnerability[] }),
  ]);
  const found: Hit[] = [];
  if (tasks.status === "fulfilled") {
    for (const task of tasks.value.Tasks) {
      found.push({ kind: "task", icon: "list", label: `${task.Module} ${task.TaskId}`, hint: `${kinds.task} · ${task.BeginTime}`, to: `/tasks/${task.Module}/${task.TaskId}` });
    }
  }
  if (vuls.status === "fulfilled") {
    for (const one of vuls.value.Vulnerabilities) {
      found.push({ kind: "vulnerability", icon: "bug", label: one.CveId, hint: `${kinds.vulnerability} · ${one.Component}`, to: `/vulns/${one.VulId}` });
    }
  }
  if (machines.status === "fulfilled") {
    for (const one of machines.value.Machines) {
      found.push({ kind: "machine", icon: "server", label: one.HostName || one.HostIp, hint: `${kinds.machine} · ${one.HostIp}`, to: `/machines?open=${encodeURIComponent(one.Quuid)}` });
    }
  }
  return found;
}

let actions: Promise<Hit[]> | undefined;

/** Names of the served actions, read once when the palette is first opened. */
function actionHits(kind: string): Promise<Hit[]> {
  const read = async (service: string, version: string): Promise<Hit[]> => {
    const answer = await fetch(`/schema/${service}/${version}.json`);
    const document = (await answer.json()) as { actions: Record<string, unknown> | { name: string }[] };
    const names = Array.isArray(document.actions) ? document.actions.map((one) => one.name) : Object.keys(document.actions);
    return names.map((name) => ({ kind: "action", icon: "terminal", label: name, hint: `${kind} · ${service}`, to: `/explorer?action=${name}&v=${version}` }));
  };
  actions ??= Promise.all([read("cwp", "2018-02-28"), read("hostward", "2026-12-01")]).then(
    (both) => both.flat(),
    () => {
      actions = undefined;
      return [];
    },
  );
  return actions;
}

export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const can = useCan();
  const id = useId();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [remote, setRemote] = useState<Hit[]>([]);
  const [known, setKnown] = useState<Hit[]>([]);
  const field = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (!open) return;
    setQuery("");
    setAt(0);
    setRemote([]);
    field.current?.focus();
    void actionHits(t.kinds.action).then(setKnown);
  }, [open, t]);

  useEffect(() => {
    const text = query.trim();
    if (!open || text === "") {
      setRemote([]);
      return undefined;
    }
    const control = new AbortController();
    const timer = setTimeout(() => {
      void asked(text, t.kinds, control.signal).then((found) => {
        if (!control.signal.aborted) setRemote(found);
      });
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [open, query, t]);

  const local = useMemo<Hit[]>(
    () => [
      ...ENTRIES.filter((entry) => can(entry.permission)).map((entry): Hit => ({ kind: "page", icon: entry.icon, label: t.sections[entry.section], hint: t.kinds.page, to: entry.to })),
      ...(can("scan:start") ? MODULES.map((module): Hit => ({ kind: "scan", icon: "play", label: t.startScan(names[module]), hint: t.kinds.scan, to: `/scan/new?module=${module}` })) : []),
    ],
    [can, names, t],
  );
  const text = query.trim();
  const hits = (text === "" ? local : [...local.filter((hit) => fits(`${hit.label} ${hit.to}`, text)), ...remote, ...known.filter((hit) => fits(hit.label, text))]).slice(0, SHOWN);
  const chosen = Math.min(at, hits.length - 1);

  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    onClose();
    navigate(hit.to);
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && hits.length > 0) {
      event.preventDefault();
      setAt((chosen + step + hits.length) % hits.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(hits[chosen]);
    }
  };
  return (
    <Dialog open={open} title={t.palette} onClose={onClose} className="hw-palette">
      <input
        ref={field}
        type="search"
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={hits.length > 0 ? `${id}-${chosen}` : undefined}
        aria-label={t.search}
        placeholder={t.search}
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={t.palette}>
        {hits.map((hit, index) => (
          <li key={hit.to} id={`${id}-${index}`} role="option" aria-selected={index === chosen} onClick={() => go(hit)} onMouseMove={() => setAt(index)}>
            <Icon name={hit.icon} />
            <span className="hw-palette-label">{hit.label}</span>
            <span className="hw-palette-hint">{hit.hint}</span>
          </li>
        ))}
      </ul>
      {hits.length === 0 && <p className="hw-palette-none">{t.nothingFound}</p>}
    </Dialog>
  );
}
