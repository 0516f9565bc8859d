import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { Link } from "@/lib/router";
import type { Module } from "@/lib/wire";
import { type Column, Drawer, ErrorState, Loading, Severity, type SeverityLevel, Stat, StatRow, Table } from "@/ui";
import { NoValue } from "./NoValue";
import { type Risk, taskPath } from "./tasks";
import { words } from "./words";

interface CompareDrawerProps {
  module: Module;
  /** null: closed. */
  pair: { older: number; newer: number } | null;
  onClose: () => void;
}

interface Compared {
  New: Risk[];
  Fixed: Risk[];
  Same: number;
  Truncated: boolean;
}

/** What a task found that an earlier one did not, and the other way round. */
export function CompareDrawer({ module, pair, onClose }: CompareDrawerProps) {
  const t = useTexts(words);
  const short = t.moduleShort[module] ?? module;
  const title = pair ? t.compareTitle(t.task(short, pair.newer), t.task(short, pair.older)) : "";
  return (
    <Drawer open={pair !== null} wide title={title} onClose={onClose}>
      {pair && <Comparison module={module} {...pair} />}
    </Drawer>
  );
}

function Comparison({ module, older, newer }: { module: Module; older: number; newer: number }) {
  const t = useTexts(words);
  const [language] = useLanguage();
  const asked = { Module: module, TaskId: newer, WithTaskId: older };
  const { data, error, loading, refetch } = useCall<Compared>("hostward", "CompareScanTasks", asked);
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (loading || !data) return <Loading />;
  const short = t.moduleShort[module] ?? module;
  return (
    <div className="task-stack">
      <p className="task-hint">
        {t.compareHint(t.task(short, older), t.task(short, newer))}{" "}
        <Link to={taskPath(module, newer)}>{t.task(short, newer)}</Link> · <Link to={taskPath(module, older)}>{t.task(short, older)}</Link>
      </p>
      <StatRow>
        <Stat label={t.compareNew} value={count(data.New.length, language)} tone={data.New.length > 0 ? "bad" : "neutral"} />
        <Stat label={t.compareFixed} value={count(data.Fixed.length, language)} tone={data.Fixed.length > 0 ? "ok" : "neutral"} />
        <Stat label={t.compareSame} value={count(data.Same, language)} />
      </StatRow>
      {data.Truncated && <p className="task-hint">{t.truncated}</p>}
      <Part title={t.compareNew} risks={data.New} empty={t.compareNoNew} />
      <Part title={t.compareFixed} risks={data.Fixed} empty={t.compareNoFixed} />
    </div>
  );
}

function Part({ title, risks, empty }: { title: string; risks: Risk[]; empty: string }) {
  const t = useTexts(words);
  const [language] = useLanguage();
  const columns: Column<Risk>[] = [
    { id: "level", title: t.level, width: 104, render: (risk) => <Severity level={risk.Level as SeverityLevel} /> },
    { id: "name", title: t.risk, card: "title", render: (risk) => risk.Name },
    { id: "where", title: t.where, render: (risk) => risk.Where || <NoValue /> },
    { id: "machines", title: t.hosts, width: 88, align: "right", render: (risk) => count(risk.Machines, language) },
  ];
  return (
    <section className="task-part" aria-label={title}>
      <h3>{title} <span className="task-count">{count(risks.length, language)}</span></h3>
      {risks.length === 0 ? (
        <p className="task-hint">{empty}</p>
      ) : (
        <Table label={title} columns={columns} rows={risks} rowKey={(risk) => `${risk.Id} ${risk.Where}`} empty={empty} />
      )}
    </section>
  );
}
