import { useMemo, useState } from "react";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { usePages } from "@/lib/query";
import { Link } from "@/lib/router";
import type { Bucket, ScanTask } from "@/lib/wire";
import {
  Button, type Column, DataGrid, Drawer, EmptyState, FilterBar, KeyValue, MultiSelect, SearchField, Severity, type SeverityLevel,
} from "@/ui";
import { NoValue } from "./NoValue";
import { isOpen, type Risk } from "./tasks";
import { texts } from "./texts";
import { useSettled } from "./useSettled";
import type { View } from "./view";
import { words } from "./words";

interface RisksProps {
  task: ScanTask;
  buckets: Record<Bucket, number>;
  view: View;
  onView: (change: Partial<View>) => void;
}

const LEVELS = ["4", "3", "2", "1"];
const REFRESH_MS = 3_000;

/** What a task found, by risk rather than by machine. */
export function Risks({ task, buckets, view, onView }: RisksProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const levels = view.level.filter((one) => LEVELS.includes(one));
  const asked = JSON.stringify({ Module: task.Module, TaskId: task.TaskId, Query: view.risk, Levels: levels.map(Number) });
  const parameters = useMemo(() => JSON.parse(asked) as object, [asked]);
  const pages = usePages<Risk>("hostward", "ListScanTaskRisks", parameters, "Risks");
  useSettled(`${task.RiskEvents} ${task.VulCount} ${task.State}`, pages.refetch, REFRESH_MS);
  const [opened, setOpened] = useState<Risk | null>(null);
  const columns = useRiskColumns(task);
  const filtered = view.risk !== "" || levels.length > 0;
  const clear = () => onView({ risk: "", level: [] });
  return (
    <>
      <FilterBar actions={filtered ? <Button kind="quiet" onClick={clear}>{t.clear}</Button> : undefined}>
        <SearchField label={t.allRisks} placeholder={t.riskHint} value={view.risk} onChange={(risk) => onView({ risk })} />
        <MultiSelect
          label={t.level}
          value={levels}
          options={LEVELS.map((one) => ({ value: one, label: shared.levels[one] ?? one }))}
          onChange={(level) => onView({ level })}
        />
      </FilterBar>
      <DataGrid<Risk>
        label={t.riskTab[task.Module] ?? ""}
        columns={columns}
        pages={pages}
        rowKey={(risk) => `${risk.Id} ${risk.Where}`}
        storageKey={`task-risks-${task.Module}`}
        onOpen={setOpened}
        empty={<NoRisks filtered={filtered} open={isOpen(task)} judged={buckets.Ok + buckets.OkWithRisks > 0} onClear={clear} />}
      />
      <RiskDrawer risk={opened} task={task} onClose={() => setOpened(null)} />
    </>
  );
}

interface NoRisksProps {
  filtered: boolean;
  open: boolean;
  judged: boolean;
  onClear: () => void;
}

/** The vulnerability with its machines, as they are now. */
const vulPath = (risk: Risk) => `/vulns/${risk.Id}`;

/** "None found" and "nobody has answered" look different. */
function NoRisks({ filtered, open, judged, onClear }: NoRisksProps) {
  const t = useTexts(texts);
  if (filtered) return <EmptyState title={t.noRiskMatch} icon="filter" action={<Button onClick={onClear}>{t.clear}</Button>} />;
  if (!judged) return <EmptyState title={t.nothingJudged} icon="clock" />;
  return <EmptyState title={open ? t.noRisksYet : t.noRisks} icon="shieldCheck" />;
}

function useRiskColumns(task: ScanTask): Column<Risk>[] {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return useMemo<Column<Risk>[]>(() => {
    const columns: Column<Risk>[] = [
      { id: "level", title: t.level, width: 104, render: (risk) => <Severity level={risk.Level as SeverityLevel} /> },
      { id: "name", title: t.risk[task.Module] ?? "", card: "title", render: (risk) => (task.Module === "Vul" ? <Link to={vulPath(risk)}>{risk.Name}</Link> : <span title={risk.Name}>{risk.Name}</span>) },
    ];
    if (task.Module === "Vul") {
      columns.push({ id: "score", title: t.score, width: 72, align: "right", render: (risk) => risk.Score || <NoValue /> });
    }
    columns.push(
      { id: "where", title: t.where[task.Module] ?? "", render: (risk) => (risk.Where ? <span title={risk.Where}>{risk.Where}</span> : <NoValue />) },
      { id: "fix", title: t.fix, render: (risk) => (risk.Fix ? <span title={risk.Fix}>{risk.Fix}</span> : <NoValue />) },
      { id: "machines", title: t.hosts, width: 92, align: "right", render: (risk) => (task.Module === "Vul" ? <Link to={vulPath(risk)}>{count(risk.Machines, language)}</Link> : count(risk.Machines, language)) },
    );
    return columns;
  }, [language, t, task.Module]);
}

function RiskDrawer({ risk, task, onClose }: { risk: Risk | null; task: ScanTask; onClose: () => void }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return (
    <Drawer open={risk !== null} title={risk?.Name ?? ""} onClose={onClose}>
      {risk && (
        <div className="task-stack">
          <KeyValue
            items={[
              { key: t.level, value: <Severity level={risk.Level as SeverityLevel} /> },
              ...(risk.LevelSource ? [{ key: t.levelSource, value: risk.LevelSource }] : []),
              ...(risk.Score ? [{ key: t.score, value: risk.Score }] : []),
              { key: t.where[task.Module] ?? "", value: risk.Where ? <span className="task-break">{risk.Where}</span> : <NoValue /> },
              { key: t.hosts, value: task.Module === "Vul" ? <Link to={vulPath(risk)}>{count(risk.Machines, language)}</Link> : count(risk.Machines, language) },
              ...(risk.Fix || task.Module === "Vul" ? [{ key: t.fix, value: risk.Fix || <span className="task-hint">{t.noFix}</span> }] : []),
              { key: t.reference, value: <Reference text={risk.Reference} /> },
            ]}
          />
          {risk.Description && (
            <section className="task-part">
              <h3>{t.description}</h3>
              <p className="task-said">{risk.Description}</p>
            </section>
          )}
        </div>
      )}
    </Drawer>
  );
}

/** A link only where it is one of the web: texts of advisories are somebody else's. */
function Reference({ text }: { text: string }) {
  if (!text) return <NoValue />;
  if (!/^https?:\/\//i.test(text)) return <span className="task-break">{text}</span>;
  return <a className="task-break" href={text} target="_blank" rel="noreferrer noopener">{text}</a>;
}
