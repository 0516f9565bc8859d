/** What scans by itself: when, how it went, and the editor of a plan. */
import {
  ApiButton, Button, Card, Denied, EmptyState, ErrorState, Loading, Menu, PageHeader, Switch, Table, Tag, Time, useToast, type Column,
} from "@/ui";
import { moduleTexts } from "@/app/texts";
import { localTime, wireTime } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { Link, navigate, useUrlState } from "@/lib/router";
import { useCan } from "@/lib/session";
import type { Module, Schedule } from "@/lib/wire";
import { Editor, PLANNED } from "./Editor";
import { texts } from "./texts";
import "./schedules.css";

interface Listed {
  TotalCount: number;
  Schedules: Schedule[];
}

const DAYS = 7;
const DAY_MS = 86_400_000;

export default function SchedulesScreen() {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const can = useCan();
  const [state, setState] = useUrlState({ edit: "" });
  const listed = useCall<Listed>("hostward", "ListSchedules", {}, { refetchMs: 15_000 });
  const schedules = listed.data?.Schedules ?? [];
  const open = PLANNED.find((module) => module === state.edit);
  const missing = PLANNED.filter((module) => !schedules.some((one) => one.Module === module));
  const add = can("schedule:write") && missing.map((module) => (
    <Button key={module} icon="plus" onClick={() => setState({ edit: module })}>{t.add(names[module])}</Button>
  ));
  return (
    <>
      <PageHeader title={t.title} actions={<>{schedules.length > 0 && add}<ApiButton /></>} />
      {listed.error && (listed.error.permission && !listed.data ? (
        <Denied permission={listed.error.permission} />
      ) : (
        <ErrorState error={listed.error} onRetry={listed.refetch} {...(listed.asOf ? { asOf: listed.asOf } : {})} />
      ))}
      {listed.loading && <Loading />}
      {listed.data && schedules.length === 0 && <EmptyState title={t.empty} action={<div className="hw-schedules-add">{add}</div>}>{t.noBaseline}</EmptyState>}
      {schedules.length > 0 && (
        <div className="hw-schedules">
          <Plans schedules={schedules} onEdit={(module) => setState({ edit: module })} />
          {!schedules.some((one) => one.Module === "Baseline") && <p className="hw-schedules-note">{t.noBaseline}</p>}
          <Week schedules={schedules} />
        </div>
      )}
      {open && <Editor key={open} module={open} schedule={schedules.find((one) => one.Module === open)} onClose={() => setState({ edit: "" })} />}
    </>
  );
}

function Plans({ schedules, onEdit }: { schedules: Schedule[]; onEdit: (module: Module) => void }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const columns: Column<Schedule>[] = [
    { id: "module", title: t.module, card: "title", render: (one) => <strong>{names[one.Module]}</strong> },
    { id: "cadence", title: t.cadence, render: (one) => one.Cadence },
    { id: "machines", title: t.machines, width: 110, render: (one) => (one.QuuidList.length === 0 ? t.all : t.some(one.QuuidList.length)) },
    {
      id: "next", title: t.next, width: 170,
      render: (one) => (
        <span className="hw-schedules-times">
          {!one.Enabled ? <Tag>{t.off}</Tag> : one.NextFires.map((fire) => <Time key={fire} value={fire} />)}
        </span>
      ),
    },
    { id: "last", title: t.last, width: 200, render: (one) => <Last one={one} /> },
    { id: "on", title: t.on, width: 70, render: (one) => <OnOff one={one} /> },
    { id: "menu", title: "", width: 48, align: "right", render: (one) => <RowMenu one={one} onEdit={onEdit} /> },
  ];
  return <Card pad={false}><Table label={t.title} columns={columns} rows={schedules} rowKey={(one) => String(one.ScheduleId)} empty={t.none} /></Card>;
}

function Last({ one }: { one: Schedule }) {
  const t = useTexts(texts);
  if (!one.LastFireTime && !one.LastSkipTime) return <span className="hw-muted">{t.none}</span>;
  return (
    <span className="hw-schedules-times">
      {one.LastFireTime && (
        <span>
          <Time value={one.LastFireTime} />
          {one.LastTaskId > 0 && <>{" · "}<Link to={`/tasks/${one.Module}/${one.LastTaskId}`}>{t.lastTask(one.LastTaskId)}</Link></>}
        </span>
      )}
      {one.LastSkipTime && <span title={one.LastSkipReason}><Tag tone="warn">{t.skipped}</Tag> <Time value={one.LastSkipTime} /></span>}
    </span>
  );
}

function OnOff({ one }: { one: Schedule }) {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const act = useAct<unknown, object>("hostward", "EnableSchedule", { refresh: ["ListSchedules"] });
  const turn = (Enabled: boolean) =>
    void act.run({ ScheduleId: one.ScheduleId, Enabled }).catch((error: Error) => toast(error.message, "bad"));
  return <Switch hideLabel label={`${t.on}: ${one.Module}`} checked={one.Enabled} disabled={act.busy || !can("schedule:write")} onChange={turn} />;
}

function RowMenu({ one, onEdit }: { one: Schedule; onEdit: (module: Module) => void }) {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const refresh = ["ListSchedules", "ListScanTasks"];
  const run = useAct<{ TaskId: number }, object>("hostward", "RunScheduleNow", {
    refresh,
    done: ({ TaskId }) => toast(t.started(TaskId), "ok", { label: t.lastTask(TaskId), run: () => navigate(`/tasks/${one.Module}/${TaskId}`) }),
  });
  const skip = useAct<{ NextTime: string }, object>("hostward", "SkipScheduleOnce", {
    refresh, done: ({ NextTime }) => toast(t.skippedUntil(NextTime), "ok"),
  });
  const failed = (error: Error) => toast(error.message, "bad");
  if (!can("schedule:write")) return null;
  const which = { ScheduleId: one.ScheduleId };
  return (
    <Menu
      label={`${one.Module}: ${t.edit} ...`}
      icon="more"
      iconOnly
      kind="quiet"
      size="small"
      items={[
        { label: t.edit, icon: "edit", onSelect: () => onEdit(one.Module), disabled: !PLANNED.includes(one.Module) },
        { label: t.runNow, icon: "play", onSelect: () => void run.run(which).catch(failed) },
        { label: t.skip, icon: "pause", disabled: !one.Enabled, onSelect: () => void skip.run(which).catch(failed) },
      ]}
    />
  );
}

/** Starts of the next seven days, as far as the server names them. */
function Week({ schedules }: { schedules: Schedule[] }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const [language] = useLanguage();
  const today = new Date();
  today.setHours(0, 0, 0, 0);
  const days = Array.from({ length: DAYS }, (_, at) => new Date(today.getTime() + at * DAY_MS + DAY_MS / 2));
  const fires = schedules.flatMap((one) => (one.Enabled ? one.NextFires.map((fire) => ({ module: one.Module, at: wireTime(fire) })) : []));
  const weekday = new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", { weekday: "short", day: "numeric" });
  return (
    <Card title={t.week}>
      <ol className="hw-schedules-week">
        {days.map((day) => {
          const here = fires.filter((fire) => fire.at?.toDateString() === day.toDateString());
          return (
            <li key={day.getTime()}>
              <h3>{weekday.format(day)}</h3>
              {here.length === 0 && <span className="hw-muted">{t.noneThatDay}</span>}
              {here.map((fire) => fire.at && <p key={`${fire.module}${fire.at.getTime()}`}><strong>{localTime(fire.at, language, fire.at).slice(0, 5)}</strong> {names[fire.module]}</p>)}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
