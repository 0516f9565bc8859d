import { count, duration, localTime, roughly, wireTime } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import type { Bucket, ScanTask } from "@/lib/wire";
import { Card, Ring, type Segment, Sparkline, StackedBar, Stat, StatRow, Tag, Time, Tooltip } from "@/ui";
import { NoValue } from "./NoValue";
import { BUCKET_TONES, BUCKETS, isOpen, phaseOf, shownPercent, type TaskAnswer, taskPath } from "./tasks";
import { texts } from "./texts";
import { useElapsed } from "./useElapsed";
import { useNow } from "./useNow";
import { useRate } from "./useRate";
import { words } from "./words";

interface SummaryProps {
  task: ScanTask;
  answer: TaskAnswer;
  buckets: Record<Bucket, number>;
}

const MS = 1_000;
const RING = 88;

/** How far a task is, what it found, and what became of its machines. */
export function Summary({ task, answer, buckets }: SummaryProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const name = shared.task(shared.moduleShort[task.Module] ?? task.Module, task.TaskId);
  const open = isOpen(task);
  const segments: Segment[] = BUCKETS.map((bucket) => ({
    id: bucket,
    label: shared.buckets[bucket] ?? bucket,
    count: buckets[bucket],
    tone: BUCKET_TONES[bucket],
    to: taskPath(task.Module, task.TaskId, `?status=${bucket}`),
  }));
  return (
    <Card className="task-summary">
      <div className="task-top">
        <Ring percent={shownPercent(task)} size={RING} label={t.progress(name)} tone={open ? "accent" : phaseOf(task) === "Done" ? "ok" : "warn"} />
        <Clock task={task} answer={answer} />
        <Tiles task={task} buckets={buckets} />
      </div>
      <StackedBar label={t.buckets} segments={segments} />
      <Content task={task} answer={answer} />
    </Card>
  );
}

/** Time left while it runs, time taken once it is over. */
function Clock({ task, answer }: { task: ScanTask; answer: TaskAnswer }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const elapsed = useElapsed(task);
  const open = isOpen(task);
  const phase = phaseOf(task);
  return (
    <div className="task-clock">
      {open && (
        <p className="task-left">
          {phase === "Finishing" ? t.finishing : task.LeftKnown ? shared.left(roughly(task.LeftSeconds, language)) : shared.estimating}
        </p>
      )}
      {open && phase !== "Finishing" && <Ends task={task} deadline={answer.DeadlineTime} />}
      <dl>
        <dt>{open ? t.elapsed : t.took}</dt>
        <dd>{elapsed === undefined ? <NoValue /> : duration(elapsed, language)}</dd>
        <dt>{t.began}</dt>
        <dd>{task.BeginTime ? <Time value={task.BeginTime} /> : <NoValue />}</dd>
        {!open && (
          <>
            <dt>{t.ended}</dt>
            <dd>{task.EndTime ? <Time value={task.EndTime} /> : <NoValue />}</dd>
          </>
        )}
      </dl>
      <Rate task={task} />
    </div>
  );
}

function Ends({ task, deadline }: { task: ScanTask; deadline: string }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const now = useNow(true);
  const last = wireTime(deadline);
  if (task.LeftKnown) {
    return <p className="task-hint">{t.ends(localTime(new Date(now.getTime() + task.LeftSeconds * MS), language))}</p>;
  }
  return last ? <p className="task-hint">{t.deadline(localTime(last, language))}</p> : null;
}

function Rate({ task }: { task: ScanTask }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const rate = useRate(task);
  if (!isOpen(task)) return null;
  // Its place is kept from the beginning, so that nothing moves when it comes.
  if (!rate) return <p className="task-rate" />;
  return (
    <p className="task-rate">
      <Sparkline values={rate.steps} label={t.rate} width={72} height={18} /> {t.perSecond(count(Math.round(rate.perMinute), language))}
    </p>
  );
}

/** Four figures, each the way to what it counts. */
function Tiles({ task, buckets }: { task: ScanTask; buckets: Record<Bucket, number> }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const path = (search: string) => taskPath(task.Module, task.TaskId, search);
  // Nothing is known of risks before a machine has given a result: that is no 0.
  const judged = buckets.Ok + buckets.OkWithRisks > 0 || task.RiskEvents > 0;
  const shown = (n: number) => (judged ? count(n, language) : <NoValue />);
  const share = task.Machines > 0 ? Math.round((100 * task.RiskMachines) / task.Machines) : 0;
  return (
    <StatRow className="task-tiles">
      <Stat label={t.machines} value={count(task.Machines, language)} to={path("")} />
      <Stat
        label={t.atRisk}
        value={shown(task.RiskMachines)}
        hint={judged && task.RiskMachines > 0 ? t.ofMachines(`${share}%`) : undefined}
        tone={judged && task.RiskMachines > 0 ? "warn" : "neutral"}
        to={path("?status=OkWithRisks")}
      />
      <Stat label={t.events} value={shown(task.RiskEvents)} to={path(task.Module === "Vul" ? "?sort=-RiskNum" : "?tab=risks")} />
      {task.Module === "Vul" && <Stat label={t.cves} value={shown(task.VulCount)} to={path("?tab=risks")} />}
    </StatRow>
  );
}

/** What was scanned, as chips. */
function Content({ task, answer }: { task: ScanTask; answer: TaskAnswer }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return (
    <div className="task-content">
      <span className="task-hint">{t.content}</span>
      <ContentChips task={task} />
      {answer.Options.filter(tells).map((option) => (
        <Tag key={option.Name}>{`${t.options[option.Name] ?? option.Name}: ${option.Value}`}</Tag>
      ))}
      {answer.TimeoutSeconds > 0 && (
        <Tooltip text={t.timeout}><span><Tag icon="clock">{duration(answer.TimeoutSeconds, language)}</Tag></span></Tooltip>
      )}
    </div>
  );
}

/** Options that the chips of the content say already. */
const SAID = ["Categories", "Pattern", "Policies", "KnownExploited"];
/** Values that narrow nothing, in both languages. */
const NOTHING = ["", "all", "全部", "no", "否", "everything", "critical, high, medium, low", "严重, 高危, 中危, 低危"];

function tells({ Name, Value }: { Name: string; Value: string }): boolean {
  return !SAID.includes(Name) && !NOTHING.includes(Value);
}

function ContentChips({ task }: { task: ScanTask }) {
  const shared = useTexts(words);
  const known = task.Module === "Vul" ? shared.categories : task.Module === "Malware" ? shared.patterns : {};
  if (task.Content.length === 0) return <NoValue />;
  return task.Content.map((one) => <Tag key={one} tone="info">{known[one] ?? one}</Tag>);
}
