import { useMemo } from "react";
import { count, duration } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import type { MachineRow } from "@/lib/wire";
import { type Column, Progress, Time } from "@/ui";
import { BucketTag } from "./BucketTag";
import { NoValue } from "./NoValue";
import { texts } from "./texts";

export function useMachineColumns(): Column<MachineRow>[] {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return useMemo<Column<MachineRow>[]>(
    () => [
      { id: "HostName", title: t.host, card: "title", sortable: true, render: (row) => <span title={row.HostName}>{row.HostName}</span> },
      { id: "HostIp", title: t.ip, width: 108, render: (row) => row.HostIp || <NoValue /> },
      { id: "OsName", title: t.os, width: 152, card: "none", render: (row) => (row.OsName ? <span title={row.OsName}>{row.OsName}</span> : <NoValue />) },
      { id: "Bucket", title: t.status, width: 136, render: (row) => <BucketTag bucket={row.Bucket} /> },
      { id: "Reason", title: t.reason, render: (row) => <Reason row={row} /> },
      { id: "RiskNum", title: t.risks, width: 72, align: "right", sortable: true, render: (row) => (hasRisks(row) ? count(row.RiskNum, language) : <NoValue />) },
      { id: "BeginTime", title: t.begin, width: 104, hidden: true, sortable: true, render: (row) => (row.BeginTime ? <Time value={row.BeginTime} /> : <NoValue />) },
      { id: "EndTime", title: t.end, width: 104, hidden: true, render: (row) => (row.EndTime ? <Time value={row.EndTime} /> : <NoValue />) },
      { id: "Seconds", title: t.took2, width: 88, align: "right", render: (row) => (row.BeginTime && row.EndTime ? duration(row.Seconds, language) : <NoValue />) },
      { id: "AgentVersion", title: t.agent, width: 88, hidden: true, card: "none", render: (row) => row.AgentVersion || <NoValue /> },
    ],
    [language, t],
  );
}

/** A figure of a machine without a result would be a false 0. */
export function hasRisks(row: MachineRow): boolean {
  return row.RiskNum > 0 || row.Bucket === "Ok" || row.Bucket === "OkWithRisks";
}

/** How far it is while it scans; what happened otherwise. */
function Reason({ row }: { row: MachineRow }) {
  const t = useTexts(texts);
  if (row.Bucket === "Scanning") {
    return (
      <span className="task-doing" title={row.Doing}>
        <Progress percent={row.Progress} label={t.machineProgress(row.HostName)} showValue />
        <span className="task-cut">{row.Doing}</span>
      </span>
    );
  }
  const text = row.Reason || row.Doing;
  return text ? <span className="task-cut" title={text}>{text}</span> : <NoValue />;
}
