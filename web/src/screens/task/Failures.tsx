import { count, duration } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { Link } from "@/lib/router";
import { useCan } from "@/lib/session";
import type { Bucket, MachineRow, ScanTask } from "@/lib/wire";
import { Button, Card, type Column, Copy, EmptyState, ErrorState, Loading, Table } from "@/ui";
import { BucketTag } from "./BucketTag";
import { NoValue } from "./NoValue";
import { remedyOf } from "./remedies";
import { FAILURES, taskPath } from "./tasks";
import { texts } from "./texts";
import { useRerun } from "./useRerun";
import { words } from "./words";

interface FailuresProps {
  task: ScanTask;
  buckets: Record<Bucket, number>;
  timeout: number;
}

const SHOWN = 10;
const LONGEST = 86_400;

/** Failed machines by reason, each group with its remedy. */
export function Failures({ task, buckets, timeout }: FailuresProps) {
  const t = useTexts(texts);
  const groups = FAILURES.filter((bucket) => buckets[bucket] > 0);
  if (groups.length === 0) return <EmptyState title={t.failNone} icon="checkCircle">{t.failNoneText}</EmptyState>;
  return (
    <div className="task-stack">
      {groups.map((bucket) => (
        <Group key={bucket} task={task} bucket={bucket} machines={buckets[bucket]} timeout={timeout} />
      ))}
    </div>
  );
}

interface GroupProps {
  task: ScanTask;
  bucket: Bucket;
  machines: number;
  timeout: number;
}

function Group({ task, bucket, machines, timeout }: GroupProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const command = remedyOf(bucket);
  return (
    <Card
      className="task-failed"
      title={
        <span className="task-group">
          <BucketTag bucket={bucket} />
          {shared.machines(count(machines, language), machines === 1)}
        </span>
      }
      actions={<GroupActs task={task} bucket={bucket} machines={machines} timeout={timeout} />}
    >
      <p className="task-said">{t.remedies[bucket]}</p>
      {command && (
        <p className="task-remedy">
          <code>{command}</code> <Copy text={command} label={bucket === "TooOld" ? t.copyUpgrade : t.copyStart} />
        </p>
      )}
      <GroupRows task={task} bucket={bucket} machines={machines} />
    </Card>
  );
}

function GroupActs({ task, bucket, machines, timeout }: GroupProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const can = useCan();
  const { busy, rerun } = useRerun();
  if (!can("scan:start")) return null;
  const longer = Math.min(LONGEST, 2 * timeout);
  return (
    <>
      {bucket === "Timeout" && longer > timeout && (
        <Button kind="primary" size="small" icon="clock" busy={busy} disabled={!task.CanRerun} onClick={() => void rerun(task, { buckets: [bucket], timeout: longer })}>
          {t.rerunLonger(duration(longer, language))}
        </Button>
      )}
      <Button size="small" icon="refresh" busy={busy} disabled={!task.CanRerun} onClick={() => void rerun(task, { buckets: [bucket] })}>
        {t.rerunGroup(shared.machines(count(machines, language), machines === 1))}
      </Button>
    </>
  );
}

function GroupRows({ task, bucket, machines }: Omit<GroupProps, "timeout">) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const asked = { Module: task.Module, TaskId: task.TaskId, Buckets: [bucket], Limit: SHOWN, Offset: 0 };
  const { data, error, loading, refetch } = useCall<{ Machines: MachineRow[] }>("hostward", "ListScanTaskMachines", asked, { keep: true });
  if (error) return <ErrorState error={error} onRetry={refetch} />;
  if (loading || !data) return <Loading />;
  const columns: Column<MachineRow>[] = [
    { id: "host", title: t.host, width: 260, card: "title", render: (row) => <Link to={`/machines?open=${encodeURIComponent(row.Quuid)}`}>{row.HostName || row.HostIp}</Link> },
    { id: "ip", title: t.ip, width: 128, render: (row) => row.HostIp || <NoValue /> },
    { id: "agent", title: t.agent, width: 88, render: (row) => row.AgentVersion || <NoValue /> },
    { id: "reason", title: t.reason, render: (row) => row.Reason || <NoValue /> },
  ];
  return (
    <>
      <Table label={t.tabFailures} columns={columns} rows={data.Machines} rowKey={(row) => row.Quuid} empty={t.noneMatch} />
      {machines > data.Machines.length && (
        <p className="task-more">
          <Button kind="quiet" size="small" to={taskPath(task.Module, task.TaskId, `?status=${bucket}`)}>{t.showAll(count(machines, language))}</Button>
        </p>
      )}
    </>
  );
}
