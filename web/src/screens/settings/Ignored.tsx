/** Ignore rules: which vulnerabilities don't count, where, why and until when. */
import { useState } from "react";
import { Button, Card, Checkbox, ConfirmDialog, Dialog, ErrorState, Field, FilterBar, Loading, Menu, SearchField, Table, Tag, TextArea, Time, type Column } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { IgnoreRule, Machine, VexDocument } from "@/lib/wire";
import { CHANGED, RuleForm } from "../ignoring/RuleForm";
import { texts } from "./texts";

const PAGE = 100;

export function Ignored() {
  const t = useTexts(texts);
  const can = useCan();
  const [ended, setEnded] = useState(false);
  const [query, setQuery] = useState("");
  const [making, setMaking] = useState(false);
  const [importing, setImporting] = useState(false);
  const [ending, setEnding] = useState<IgnoreRule | null>(null);
  const asked = useCall<{ TotalCount: number; Rules: IgnoreRule[] }>("hostward", "ListIgnoreRules", { Ended: ended, Query: query, Limit: PAGE }, { refetchMs: 10_000 });
  const end = useAct<unknown, object>("hostward", "EndIgnoreRule", { refresh: CHANGED, done: () => setEnding(null) });
  const names = useNames(asked.data?.Rules ?? []);
  const where = (rule: IgnoreRule) => [t.ignored.scopes[rule.Scope], [...rule.Quuids.map((quuid) => names.get(quuid) ?? quuid), ...rule.Tags].join(", ")].filter(Boolean).join(": ");
  const packaged = (rule: IgnoreRule) => rule.PackageName && `${rule.PackageEcosystem} ${rule.PackageName}${rule.PackageVersion && ` ${rule.PackageVersion}`}`.trim();
  const columns: Column<IgnoreRule>[] = [
    { id: "key", title: t.ignored.columns.key, width: 156, card: "title", render: (rule) => <strong>{rule.Key}</strong> },
    { id: "where", title: t.ignored.columns.where, width: 190, render: where },
    { id: "package", title: t.ignored.columns.package, width: 150, render: (rule) => packaged(rule) || t.ignored.any },
    { id: "why", title: t.ignored.columns.why, render: (rule) => rule.Remark || rule.Justification || rule.VexStatus || "-" },
    { id: "owner", title: t.ignored.columns.owner, width: 88, render: (rule) => rule.Owner },
    { id: "until", title: t.ignored.columns.until, width: 170, render: (rule) => rule.State === "ended" ? <><Tag tone="neutral">{t.ignored.over}</Tag> <Time value={rule.EndedTime} /></> : rule.ExpireTime ? <Time value={rule.ExpireTime} /> : t.ignored.never },
    { id: "menu", title: "", width: 48, align: "right", render: (rule) => can("ignore:write") && rule.State !== "ended" && <Menu label={`${rule.Key} ...`} icon="more" iconOnly kind="quiet" size="small" items={[{ label: t.ignored.end, icon: "stop", onSelect: () => setEnding(rule) }]} /> },
  ];
  const actions = (
    <>
      {can("vex:write") && <Button size="small" onClick={() => setImporting(true)}>{t.ignored.importVex}</Button>}
      {can("ignore:write") && <Button size="small" icon="plus" onClick={() => setMaking(true)}>{t.ignored.add}</Button>}
    </>
  );
  return (
    <>
      <Card title={t.pages.ignored} pad={false} actions={actions}>
        <p className="hw-settings-note">{t.ignored.why}</p>
        <FilterBar className="hw-settings-filters">
          <SearchField label={t.ignored.search} placeholder={t.ignored.search} value={query} onChange={setQuery} />
          <Checkbox label={t.ignored.showEnded} checked={ended} onChange={setEnded} />
        </FilterBar>
        {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
        {asked.loading && <Loading />}
        {asked.data && <Table label={t.pages.ignored} columns={columns} rows={asked.data.Rules} rowKey={(rule) => String(rule.RuleId)} empty={t.ignored.empty} />}
        {asked.data && asked.data.TotalCount > PAGE && <p className="hw-settings-note">{t.ignored.more(asked.data.TotalCount - PAGE)}</p>}
      </Card>
      {can("vex:read") && <Documents />}
      {making && <RuleForm onClose={() => setMaking(false)} />}
      {importing && <Import onClose={() => setImporting(false)} />}
      <ConfirmDialog
        open={ending !== null} title={t.ignored.endTitle} body={t.ignored.endBody} objects={ending ? [ending.Key] : []} verb={t.ignored.end}
        busy={end.busy} {...(end.error ? { error: end.error } : {})} onClose={() => setEnding(null)}
        onConfirm={() => void end.run({ RuleId: ending?.RuleId ?? 0 }).catch(() => undefined)}
      />
    </>
  );
}

/** Machines that ListMachines takes by their Quuids at once. */
const MOST_NAMED = 20;

/** Host names of the machines that rules name; of those past the first few, and of removed ones, there is none. */
function useNames(rules: IgnoreRule[]): Map<string, string> {
  const quuids = [...new Set(rules.flatMap((rule) => rule.Quuids))].sort().slice(0, MOST_NAMED);
  const asked = useCall<{ Machines: Machine[] }>("hostward", "ListMachines", quuids.length > 0 ? { Quuids: quuids, Limit: MOST_NAMED } : null, { keep: true });
  return new Map((asked.data?.Machines ?? []).map((one) => [one.Quuid, one.HostName || one.HostIp]));
}

function Documents() {
  const t = useTexts(texts);
  const can = useCan();
  const [removing, setRemoving] = useState<VexDocument | null>(null);
  const asked = useCall<{ Documents: VexDocument[] }>("hostward", "ListVexDocuments", {}, { refetchMs: 10_000 });
  const remove = useAct<unknown, object>("hostward", "RemoveVex", { refresh: CHANGED, done: () => setRemoving(null) });
  const columns: Column<VexDocument>[] = [
    { id: "document", title: t.ignored.vex.document, card: "title", render: (one) => <span className="hw-mono">{one.Document}</span> },
    { id: "author", title: t.ignored.vex.author, width: 180, render: (one) => one.Author },
    { id: "version", title: t.ignored.vex.version, width: 90, align: "right", render: (one) => one.Version },
    { id: "issued", title: t.ignored.vex.issued, width: 150, render: (one) => <Time value={one.IssuedTime} /> },
    { id: "rules", title: t.ignored.vex.rules, width: 80, align: "right", render: (one) => one.Rules },
    { id: "menu", title: "", width: 48, align: "right", render: (one) => can("vex:write") && <Menu label={`${one.Document} ...`} icon="more" iconOnly kind="quiet" size="small" items={[{ label: t.ignored.vex.remove, icon: "trash", danger: true, onSelect: () => setRemoving(one) }]} /> },
  ];
  return (
    <Card title={t.ignored.vex.title} pad={false}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && <Table label={t.ignored.vex.title} columns={columns} rows={asked.data.Documents} rowKey={(one) => one.Document} empty={t.ignored.vex.empty} />}
      <ConfirmDialog
        open={removing !== null} title={t.ignored.vex.removeTitle} body={t.ignored.endBody} objects={removing ? [removing.Document] : []} verb={t.ignored.vex.remove} danger
        busy={remove.busy} {...(remove.error ? { error: remove.error } : {})} onClose={() => setRemoving(null)}
        onConfirm={() => void remove.run({ Document: removing?.Document ?? "" }).catch(() => undefined)}
      />
    </Card>
  );
}

interface Brought {
  Made: number;
  Kept: number;
  Ended: number;
  LeftOut: string[];
}

function Import({ onClose }: { onClose: () => void }) {
  const t = useTexts(texts);
  const [content, setContent] = useState("");
  const [done, setDone] = useState<Brought | null>(null);
  const bring = useAct<Brought, object>("hostward", "ImportVex", { refresh: CHANGED, done: setDone });
  const actions = done ? <Button kind="primary" onClick={onClose}>{t.close}</Button> : (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={bring.busy} disabled={content.trim() === ""} onClick={() => void bring.run({ Content: content }).catch(() => undefined)}>{t.ignored.vex.import}</Button>
    </>
  );
  return (
    <Dialog open title={t.ignored.importVex} onClose={onClose} actions={actions}>
      {done ? (
        <div role="status">
          <p>{t.ignored.vex.done(done.Made, done.Kept, done.Ended)}</p>
          {done.LeftOut.length > 0 && <><p>{t.ignored.vex.leftOut}</p><ul>{done.LeftOut.map((one) => <li key={one}>{one}</li>)}</ul></>}
        </div>
      ) : (
        <div className="hw-settings-form">
          <p>{t.ignored.vex.why}</p>
          <Field label={t.ignored.vex.file}>
            {(id) => <input id={id} className="hw-input" type="file" accept=".json,application/json" onChange={(event) => void event.target.files?.[0]?.text().then(setContent)} />}
          </Field>
          <Field label={t.ignored.vex.text} required>{(id) => <TextArea id={id} mono rows={8} value={content} onChange={setContent} />}</Field>
          {bring.error && <ErrorState error={bring.error} />}
        </div>
      )}
    </Dialog>
  );
}
