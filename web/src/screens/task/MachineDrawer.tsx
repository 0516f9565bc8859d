import { count, duration } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { Link } from "@/lib/router";
import type { MachineRow, ScanTask } from "@/lib/wire";
import { Button, Copy, Drawer, KeyValue, type MenuItem, Progress, Steps, Time } from "@/ui";
import { BucketTag } from "./BucketTag";
import { hasRisks } from "./machineColumns";
import { NoValue } from "./NoValue";
import { remedyOf } from "./remedies";
import { taskPath } from "./tasks";
import { texts } from "./texts";
import { words } from "./words";

interface MachineDrawerProps {
  task: ScanTask;
  /** undefined: closed. */
  row: MachineRow | undefined;
  menu: (row: MachineRow) => MenuItem[];
  onClose: () => void;
}

/** One machine of a task: how it went, what it gave, what to do. */
export function MachineDrawer({ task, row, menu, onClose }: MachineDrawerProps) {
  return (
    <Drawer
      open={row !== undefined}
      title={row?.HostName ?? ""}
      onClose={onClose}
      actions={row && menu(row).map(({ label, icon, to, onSelect, danger }) => (
        <Button key={label} icon={icon} to={to} kind={danger ? "danger" : "plain"} onClick={onSelect}>{label}</Button>
      ))}
    >
      {row && <Machine task={task} row={row} />}
    </Drawer>
  );
}

function Machine({ task, row }: { task: ScanTask; row: MachineRow }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const open = row.Bucket === "Scanning" || row.Bucket === "Waiting";
  return (
    <div className="task-stack">
      <div className="task-drawer-state">
        <BucketTag bucket={row.Bucket} />
        {row.Bucket === "Scanning" && <Progress percent={row.Progress} label={t.machineProgress(row.HostName)} showValue />}
      </div>
      {open && row.Doing && <Said title={t.doing} text={row.Doing} />}
      {row.Reason && <Said title={row.FailType > 0 || row.Bucket === "Stopped" ? t.reasonAndRemedy : t.notJudged} text={row.Reason} />}
      <Remedy row={row} />
      <section className="task-part">
        <h3>{t.risksOfRun}</h3>
        {hasRisks(row) ? (
          <p>
            {t.risksFound(count(row.RiskNum, language))}
            {row.RiskNum > 0 && <> · <Link to={taskPath(task.Module, task.TaskId, "?tab=risks")}>{t.findRisks}</Link></>}
          </p>
        ) : (
          <p className="task-hint">{t.noResult}</p>
        )}
      </section>
      <Timeline task={task} row={row} />
      <section className="task-part">
        <h3>{t.facts}</h3>
        <KeyValue
          items={[
            { key: t.ip, value: row.HostIp || <NoValue /> },
            { key: t.os, value: row.OsName || <NoValue /> },
            { key: t.agent, value: row.AgentVersion || <NoValue /> },
            { key: t.took2, value: row.BeginTime && row.EndTime ? duration(row.Seconds, language) : <NoValue /> },
            { key: "Quuid", value: <span className="task-id">{row.Quuid} <Copy text={row.Quuid} /></span> },
            { key: "Uuid", value: row.Uuid || <NoValue /> },
          ]}
        />
      </section>
    </div>
  );
}

function Said({ title, text }: { title: string; text: string }) {
  return (
    <section className="task-part">
      <h3>{title}</h3>
      <p className="task-said">{text}</p>
    </section>
  );
}

function Remedy({ row }: { row: MachineRow }) {
  const t = useTexts(texts);
  const remedy = remedyOf(row.Bucket);
  if (!remedy) return null;
  return (
    <p className="task-remedy">
      <code>{remedy}</code> <Copy text={remedy} label={row.Bucket === "TooOld" ? t.copyUpgrade : t.copyStart} />
    </p>
  );
}

function Timeline({ task, row }: { task: ScanTask; row: MachineRow }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const at = (time: string) => (time ? <Time value={time} /> : <span className="task-hint">{t.notYet}</span>);
  const final = row.EndTime !== "";
  return (
    <section className="task-part">
      <h3>{t.timeline}</h3>
      <Steps
        steps={[
          { title: t.waitingSince, state: "done", children: at(task.BeginTime) },
          { title: t.scanBegan, state: row.BeginTime ? "done" : final ? "next" : "now", children: row.BeginTime || !final ? at(row.BeginTime) : <NoValue /> },
          {
            title: final ? `${t.scanEnded}: ${shared.buckets[row.Bucket] ?? row.Bucket}` : t.scanEnded,
            state: final ? "done" : row.BeginTime ? "now" : "next",
            children: at(row.EndTime),
          },
        ]}
      />
    </section>
  );
}
