/** The plan of one module, as the API keeps it. */
import { useEffect, useMemo, useState } from "react";
import { Button, Checkbox, Drawer, ErrorState, Field, Loading, MultiSelect, NumberInput, RadioCards, Select, TextInput, Time, useToast } from "@/ui";
import { moduleTexts } from "@/app/texts";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useSession } from "@/lib/session";
import type { Module, Schedule } from "@/lib/wire";
import { draftFor, dropDraft } from "../newscan/draft";
import { texts } from "./texts";

/** Modules that can be planned here. */
export const PLANNED: readonly Module[] = ["Vul", "Malware"];

interface Plan {
  days: number | null;
  at: string;
  windowed: boolean;
  start: string;
  end: string;
  levels: string[];
  pattern: "quick" | "full";
}

interface Policy {
  overlap: "skip" | "queue";
  graceMinutes: number | null;
  jitterMinutes: number | null;
}

interface VulSetting {
  VulCategories: string;
  VulLevels: string;
  TimerInterval: number;
  TimerTime: string;
  StartTime: string;
  EndTime: string;
  Uuids: string[];
}

interface MalwareSetting {
  CheckPattern: number;
  StartTime: string;
  EndTime: string;
  IsGlobal: number;
  QuuidList: string[];
  Cycle: number;
  EngineType: number;
  EnableMemShellScan: number;
  CustomPaths: string[];
}

const LEVELS = ["1", "2", "3", "4"];
const FULL = 0;
const QUICK = 1;
const ONLY_PATHS = 2;

const short = (time: string) => time.slice(0, 5);
const long = (time: string) => (/^\d\d:\d\d$/.test(time) ? `${time}:00` : time);

function fromVul(setting: VulSetting): Plan {
  return {
    days: setting.TimerInterval, at: short(setting.TimerTime), windowed: setting.StartTime !== "",
    start: short(setting.StartTime) || "02:00", end: short(setting.EndTime) || "06:00",
    levels: setting.VulLevels.split(","), pattern: "quick",
  };
}

function fromMalware(setting: MalwareSetting): Plan {
  return {
    days: setting.Cycle, at: short(setting.StartTime), windowed: true, start: short(setting.StartTime), end: short(setting.EndTime),
    levels: LEVELS, pattern: setting.CheckPattern === FULL ? "full" : "quick",
  };
}

export function Editor({ module, schedule, onClose }: { module: Module; schedule: Schedule | undefined; onClose: () => void }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const vul = useCall<VulSetting>("cwp", "DescribeScanVulSetting", module === "Vul" ? {} : null);
  const malware = useCall<MalwareSetting>("cwp", "DescribeMalwareTimingScanSetting", module === "Malware" ? {} : null);
  const asked = module === "Vul" ? vul : malware;
  // Options that were chosen for a scan and are to be those of its schedule.
  const [draft] = useState(() => draftFor(module));
  useEffect(() => dropDraft, []);
  return (
    <Drawer open title={t.editTitle(names[module])} onClose={onClose}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {module === "Vul" && vul.data && <Form module={module} first={fromVul({ ...vul.data, ...draft })} stored={{ ...vul.data, ...draft }} schedule={schedule} onClose={onClose} />}
      {module === "Malware" && malware.data && <Form module={module} first={fromMalware({ ...malware.data, ...draft })} stored={{ ...malware.data, ...draft }} schedule={schedule} onClose={onClose} />}
    </Drawer>
  );
}

/** What is sent: the API keeps a setting whole, so that what is not edited here goes back as it came. */
function sent(module: Module, plan: Plan, stored: VulSetting | MalwareSetting): object {
  if (module === "Vul") {
    const vul = stored as VulSetting;
    return {
      TimerInterval: plan.days ?? 1, TimerTime: long(plan.at), EnableScan: 1, Uuids: vul.Uuids,
      VulCategories: vul.VulCategories.split(",").map(Number), VulLevels: plan.levels.map(Number),
      ...(plan.windowed ? { StartTime: long(plan.start), EndTime: long(plan.end) } : {}),
    };
  }
  const malware = stored as MalwareSetting;
  const custom = malware.CheckPattern > QUICK;
  return {
    CheckPattern: custom ? malware.CheckPattern : plan.pattern === "full" ? FULL : QUICK, StartTime: long(plan.start), EndTime: long(plan.end),
    IsGlobal: malware.IsGlobal, QuuidList: malware.QuuidList, EnableScan: 1, MonitoringPattern: 0, RealTimeMonitoring: 0, Cycle: plan.days ?? 1,
    EngineType: malware.EngineType, EnableMemShellScan: malware.EnableMemShellScan, CustomPaths: custom ? malware.CustomPaths : [],
  };
}

interface Preview {
  Times: string[];
  TimeZone: string;
  Words: string;
  Warning: string;
}

function Form({ module, first, stored, schedule, onClose }: {
  module: Module; first: Plan; stored: VulSetting | MalwareSetting; schedule: Schedule | undefined; onClose: () => void;
}) {
  const t = useTexts(texts);
  const toast = useToast();
  const { time_zone } = useSession();
  const [plan, setPlan] = useState(first);
  const [policy, setPolicy] = useState<Policy>({
    overlap: schedule?.OverlapPolicy ?? "skip", graceMinutes: Math.round((schedule?.GraceSeconds ?? 3600) / 60), jitterMinutes: Math.round((schedule?.JitterSeconds ?? 0) / 60),
  });
  const change = (one: Partial<Plan>) => setPlan((before) => ({ ...before, ...one }));
  const malware = module === "Malware";
  // Paths are chosen with a new scan and kept here as they are.
  const custom = "CheckPattern" in stored && stored.CheckPattern > QUICK ? stored : undefined;
  const quuids = "QuuidList" in stored ? stored.QuuidList : stored.Uuids;
  const save = useAct<unknown, object>("cwp", malware ? "ModifyMalwareTimingScanSettings" : "ScanVulSetting", { refresh: ["ListSchedules", malware ? "DescribeMalwareTimingScanSetting" : "DescribeScanVulSetting", "DescribeOverview"] });
  const adjust = useAct<unknown, object>("hostward", "ModifySchedulePolicy", { refresh: ["ListSchedules"] });
  const list = useCall<{ Schedules: Schedule[] }>("hostward", "ListSchedules", {});
  const submit = async () => {
    try {
      await save.run(sent(module, plan, stored));
      const kept = schedule ?? list.data?.Schedules.find((one) => one.Module === module);
      if (kept) {
        await adjust.run({
          ScheduleId: kept.ScheduleId, OverlapPolicy: policy.overlap,
          GraceSeconds: (policy.graceMinutes ?? 0) * 60, JitterSeconds: (policy.jitterMinutes ?? 0) * 60,
        });
      }
      toast(t.saved, "ok");
      onClose();
    } catch {
      // The form shows what was refused.
      return;
    }
  };
  const error = save.error ?? adjust.error;
  const whole = (plan.days ?? 0) >= 1 && (!plan.windowed || plan.start !== plan.end);
  return (
    <form
      className="hw-schedules-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="hw-schedules-row">
        <Field label={t.every}>{(id) => <NumberInput id={id} value={plan.days} min={1} max={365} unit={t.days} onChange={(days) => change({ days })} />}</Field>
        {!malware && <Field label={t.at}>{(id) => <TextInput id={id} type="time" value={plan.at} onChange={(at) => change({ at })} required />}</Field>}
      </div>
      {!malware && <Checkbox label={t.window} checked={plan.windowed} onChange={(windowed) => change({ windowed })} />}
      {plan.windowed && (
        <div className="hw-schedules-row">
          <Field label={t.from}>{(id) => <TextInput id={id} type="time" value={plan.start} onChange={(start) => change({ start })} required />}</Field>
          <Field label={t.until}>{(id) => <TextInput id={id} type="time" value={plan.end} onChange={(end) => change({ end })} required />}</Field>
        </div>
      )}
      <p className="hw-muted">{t.zone(time_zone)}</p>
      {custom ? (
        <p>{(custom.CheckPattern === ONLY_PATHS ? t.onlyPaths : t.allButPaths)(custom.CustomPaths.join(", "))}</p>
      ) : malware ? (
        <RadioCards
          label={t.pattern}
          value={plan.pattern}
          options={[{ value: "quick", title: t.patterns.quick }, { value: "full", title: t.patterns.full }]}
          onChange={(pattern) => change({ pattern })}
        />
      ) : (
        <Levels value={plan.levels} onChange={(levels) => change({ levels })} />
      )}
      <p className="hw-muted">{quuids.length > 0 ? t.scopeKept(quuids.length) : t.allMachines}</p>
      <NextStarts module={module} plan={plan} />
      {schedule && (
        <fieldset className="hw-schedules-policy">
          <legend>{t.policy}</legend>
          <Field label={t.overlap}>
            {(id) => (
              <Select
                id={id} hideLabel label={t.overlap} value={policy.overlap} onChange={(overlap) => setPolicy({ ...policy, overlap })}
                options={[{ value: "skip", label: t.overlaps.skip }, { value: "queue", label: t.overlaps.queue }]}
              />
            )}
          </Field>
          <div className="hw-schedules-row">
            <Field label={t.grace}>{(id) => <NumberInput id={id} min={0} max={10_080} unit={t.minutes} value={policy.graceMinutes} onChange={(graceMinutes) => setPolicy({ ...policy, graceMinutes })} />}</Field>
            <Field label={t.jitter}>{(id) => <NumberInput id={id} min={0} max={720} unit={t.minutes} value={policy.jitterMinutes} onChange={(jitterMinutes) => setPolicy({ ...policy, jitterMinutes })} />}</Field>
          </div>
        </fieldset>
      )}
      {error && <ErrorState error={error} />}
      <div className="hw-schedules-row">
        <Button kind="primary" type="submit" busy={save.busy || adjust.busy} disabled={!whole}>{t.save}</Button>
        <Button type="button" onClick={onClose}>{t.cancel}</Button>
      </div>
    </form>
  );
}

function Levels({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const t = useTexts(texts);
  const words = useTexts(levelTexts);
  return <MultiSelect label={t.levels} value={value} options={LEVELS.map((level, at) => ({ value: level, label: words[at] ?? level }))} onChange={(next) => next.length > 0 && onChange(next)} />;
}

const levelTexts = { en: ["Low", "Medium", "High", "Critical"], zh: ["低危", "中危", "高危", "严重"] };
const SETTLE_MS = 300;

/** What the server makes of the plan, before it is saved. */
function NextStarts({ module, plan }: { module: Module; plan: Plan }) {
  const t = useTexts(texts);
  const parameters = useMemo(
    () => ({
      Module: module, DaysCycle: plan.days ?? 1, At: long(module === "Malware" ? plan.start : plan.at), Count: 5,
      ...(plan.windowed ? { WindowStart: long(plan.start), WindowEnd: long(plan.end) } : {}),
    }),
    [module, plan],
  );
  const [asked, setAsked] = useState(parameters);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(parameters), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [parameters]);
  const preview = useCall<Preview>("hostward", "PreviewSchedule", asked, { keep: true });
  return (
    <section className="hw-schedules-preview" aria-live="polite">
      <h3>{t.preview}</h3>
      {preview.error && <p role="alert">{preview.error.message}</p>}
      {preview.data && !preview.error && (
        <>
          <p>{preview.data.Words}</p>
          <ol>{preview.data.Times.map((time) => <li key={time}><Time value={time} /></li>)}</ol>
          {preview.data.Warning && <p className="hw-schedules-warning">{preview.data.Warning}</p>}
        </>
      )}
    </section>
  );
}
