import { useMemo, useState } from "react";
import { DataGrid, Drawer, EmptyState, JsonView, KeyValue, Tag, Time, type Column } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { usePages } from "@/lib/query";
import type { AuditEntry } from "@/lib/wire";
import { texts } from "./texts";

const NOTHING = {};

export function Audit() {
  const t = useTexts(texts);
  const pages = usePages<AuditEntry>("hostward", "ListAuditEntries", NOTHING, "Entries");
  const [open, setOpen] = useState<AuditEntry | null>(null);
  const columns = useMemo<Column<AuditEntry>[]>(
    () => [
      { id: "number", title: t.audit.columns.number, width: 70, align: "right", render: (one) => one.Number },
      { id: "time", title: t.audit.columns.time, width: 130, render: (one) => <Time value={one.Time} /> },
      { id: "user", title: t.audit.columns.user, width: 130, render: (one) => one.UserName || "-" },
      { id: "action", title: t.audit.columns.action, card: "title", render: (one) => <strong>{one.Action}</strong> },
      { id: "target", title: t.audit.columns.target, render: (one) => one.Target || "-" },
      { id: "outcome", title: t.audit.columns.outcome, width: 276, render: (one) => (one.Outcome ? <Tag tone="bad" icon="xCircle">{one.Outcome}</Tag> : <Tag tone="ok" icon="checkCircle">{t.audit.done}</Tag>) },
      { id: "source", title: t.audit.columns.source, width: 130, render: (one) => one.Source || "-" },
    ],
    [t],
  );
  return (
    <>
      <p className="hw-settings-why">{t.audit.why}</p>
      <DataGrid label={t.pages.audit} storageKey="audit" columns={columns} pages={pages} rowKey={(one) => String(one.Number)} onOpen={setOpen} empty={<EmptyState title={t.audit.empty} />} />
      <Drawer open={open !== null} title={open ? `${open.Number} · ${open.Action}` : ""} onClose={() => setOpen(null)}>
        {open && (
          <>
            <KeyValue
              items={[
                { key: t.audit.columns.time, value: <Time value={open.Time} /> },
                { key: t.audit.columns.user, value: open.UserName || "-" },
                { key: t.audit.key, value: <span className="hw-mono">{open.SecretId || "-"}</span> },
                { key: t.audit.columns.source, value: open.Source || "-" },
                { key: t.audit.columns.target, value: open.Target || "-" },
                { key: t.audit.columns.outcome, value: open.Outcome || t.audit.done },
                { key: t.audit.request, value: <span className="hw-mono">{open.RequestId}</span> },
                { key: t.audit.digest, value: <span className="hw-mono">{open.Digest}</span> },
              ]}
            />
            <h3 className="hw-settings-head">{t.audit.parameters}</h3>
            <JsonView value={parsed(open.Parameters)} label={t.audit.parameters} />
          </>
        )}
      </Drawer>
    </>
  );
}

/** Parameters as they were kept; text that is no JSON is shown as text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
