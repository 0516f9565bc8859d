import { useState } from "react";
import { count, duration } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { useCan, useSession } from "@/lib/session";
import type { CallError } from "@/lib/api";
import { Button, Card, Code, ErrorState, Icon, KeyValue, Tabs } from "@/ui";
import { NoValue } from "../task/NoValue";
import { words } from "../task/words";
import { RULES } from "./catalogue";
import { SCHEDULED } from "./draft";
import { commandLine, hasPaths, type Plan, type Start } from "./plan";
import { texts } from "./texts";
import { type Estimate, useEstimate } from "./useEstimate";

interface SummaryProps {
  plan: Plan;
  start: Start;
  quuids: string[] | null | undefined;
  problems: number;
  busy: boolean;
  error?: CallError;
  onSchedule: () => void;
}

/** What will happen, where, for how long, and the same as a command; stays in sight. */
export function Summary(props: SummaryProps) {
  const { plan, start, quuids, problems, busy, error, onSchedule } = props;
  const t = useTexts(texts);
  const shared = useTexts(words);
  const can = useCan();
  const { estimate, known, error: unknown } = useEstimate(plan, quuids);
  // An empty choice is a mistake of the form, and told there; an empty fleet is none.
  const none = plan.scope === "all" && known && estimate?.Machines === 0;
  return (
    <Card title={t.summary} className="newscan-summary">
      <KeyValue
        items={[
          { key: t.scan, value: shared.modules[plan.module] },
          { key: t.with, value: <OptionWords plan={plan} /> },
          { key: t.on, value: unknown ? <span className="newscan-error">{unknown.message}</span> : <MachineWords estimate={estimate} known={known} /> },
          { key: t.estimate, value: unknown ? <NoValue /> : <TimeWords estimate={estimate} known={known} /> },
        ]}
      />
      {error && <ErrorState error={error} />}
      {problems > 0 && <p className="newscan-fix" role="alert"><Icon name="alert" /> {t.fix}</p>}
      <div className="newscan-go">
        <Button type="submit" kind="primary" icon="play" busy={busy} disabled={none || quuids === undefined}>{t.start}</Button>
        {can("schedule:write") && SCHEDULED.includes(plan.module) && <Button icon="calendar" onClick={onSchedule}>{t.schedule}</Button>}
      </div>
      {none && <p className="newscan-error">{t.none}</p>}
      <Commands start={start} />
    </Card>
  );
}

function OptionWords({ plan }: { plan: Plan }) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  const parts: string[] = [];
  const list = (chosen: string[], names: Record<string, string>) => chosen.map((one) => names[one] ?? one).join(", ");
  if (plan.module === "Vul") {
    parts.push(`${t.levels}: ${list(plan.levels, shared.levels) || t.allWord}`);
    parts.push(`${t.categories}: ${list(plan.categories, shared.categories) || t.allWord}`);
    if (plan.vulIds.length > 0) parts.push(`${t.vulIds}: ${count(plan.vulIds.length, language)}`);
  } else if (plan.module === "Malware") {
    parts.push(shared.patterns[plan.pattern] ?? "", `${t.engine}: ${t.engines[plan.engine] ?? ""}`);
    if (hasPaths(plan)) parts.push(`${t.paths}: ${count(plan.paths.split("\n").filter((line) => line.trim()).length, language)}`);
    if (plan.memory) parts.push(t.memory);
  } else {
    const n = plan.rules.length;
    parts.push(n === 0 || n === RULES.length ? t.allRules(count(RULES.length, language)) : t.someRules(count(n, language)));
  }
  if (plan.timeout !== null && plan.module !== "Baseline") parts.push(`${t.timeout}: ${duration(plan.timeout, language)}`);
  return <ul className="newscan-words">{parts.map((part) => <li key={part}>{part}</li>)}</ul>;
}

interface WordsProps {
  estimate?: Estimate;
  known: boolean;
}

function MachineWords({ estimate, known }: WordsProps) {
  const t = useTexts(texts);
  const shared = useTexts(words);
  const [language] = useLanguage();
  if (!known || !estimate) return <>{t.counting}</>;
  const { Machines, Offline, TooOld } = estimate;
  return (
    <>
      {shared.machines(count(Machines, language), Machines === 1)}
      {Offline > 0 && <p className="newscan-warn"><Icon name="alert" /> {t.offline(count(Offline, language), Offline === 1)}</p>}
      {TooOld > 0 && <p className="newscan-warn"><Icon name="alert" /> {t.tooOld(count(TooOld, language), TooOld === 1)}</p>}
    </>
  );
}

function TimeWords({ estimate, known }: WordsProps) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  if (!known || !estimate) return <>{t.counting}</>;
  if (estimate.Machines === 0) return <NoValue />;
  // Nobody is there to begin: how long it takes once they are is not known.
  if (!estimate.Known || estimate.RunSeconds === 0) return <>{t.unknown}</>;
  return (
    <>
      {duration(estimate.RunSeconds, language)}
      {estimate.WaitSeconds > 0 && <p className="newscan-hint">{t.estimateWait(duration(estimate.WaitSeconds, language))}</p>}
    </>
  );
}

type Form = "cli" | "curl" | "tccli";

/** The same scan as a command; those of other tools are written by the server, which knows how to sign. */
function Commands({ start }: { start: Start }) {
  const t = useTexts(texts);
  const { endpoint } = useSession();
  const [form, setForm] = useState<Form>("cli");
  const { data } = useCall<{ Text: string }>(
    "hostward",
    "GenerateCode",
    form === "cli"
      ? null
      : { Service: "cwp", ActionName: start.action, Parameters: JSON.stringify(start.parameters), ProgramLanguage: form, Endpoint: endpoint },
    { keep: true },
  );
  return (
    <details className="newscan-command">
      <summary>{t.command}</summary>
      <Tabs<Form>
        label={t.commands}
        value={form}
        onChange={setForm}
        tabs={[{ id: "cli", label: t.cli }, { id: "curl", label: t.curl }, { id: "tccli", label: t.tccli }]}
      />
      <Code text={form === "cli" ? commandLine(start) : (data?.Text ?? "")} language="shell" copy wrap label={t.command} />
    </details>
  );
}
