/** The last calls from this browser, without secrets. */
import type { Service } from "@/lib/api";
import { localTime } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { Button, type Column, Table, Tag } from "@/ui";
import type { Obj } from "./logic/exact";
import { forget, parametersOf, type Past } from "./logic/history";
import { texts } from "./texts";

interface Props {
  history: Past[];
  onChange: (history: Past[]) => void;
  onOpen: (service: Service, action: string, parameters: Obj) => void;
}

export function HistoryTab({ history, onChange, onOpen }: Props) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const columns: Column<Past>[] = [
    { id: "action", title: t.action, card: "title", render: (one) => <Button size="small" kind="quiet" onClick={() => onOpen(one.service, one.action, parametersOf(one))}>{one.action}</Button> },
    { id: "at", title: t.at, width: 100, render: (one) => localTime(new Date(one.at), language) },
    { id: "code", title: t.outcome, width: 190, render: (one) => <Tag tone={one.code ? "bad" : "ok"} icon={one.code ? "xCircle" : "check"}>{one.code || `HTTP ${one.status}`}</Tag> },
    { id: "ms", title: "ms", width: 60, align: "right", render: (one) => Math.round(one.ms) },
    { id: "by", title: t.caller, width: 110, render: (one) => (one.caller === "key" ? t.byKeyShort : t.bySession) },
    { id: "with", title: t.parameters, card: "line", render: (one) => <code className="ex-cut">{one.parameters || "…"}</code> },
  ];
  return (
    <div className="ex-stack">
      <p className="ex-hint">{t.historyHint}</p>
      <Table label={t.tabs.history} columns={columns} rows={history} rowKey={(one) => `${one.at} ${one.requestId}`} empty={t.noHistory} />
      {history.length > 0 && <div><Button size="small" icon="trash" onClick={() => onChange(forget(localStorage))}>{t.forget}</Button></div>}
    </div>
  );
}
