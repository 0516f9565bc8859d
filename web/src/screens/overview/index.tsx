/** What stands, what needs somebody, and what runs: the first look of a day. */
import { useEffect, useMemo, useState } from "react";
import {
  ApiButton, Button, Card, Code, Denied, ErrorState, Icon, KeyValue, Loading, PageHeader, Progress, Ring, Severity, type SeverityLevel,
  StackedBar, Steps, Tag, Time, useToast,
} from "@/ui";
import { moduleTexts } from "@/app/texts";
import { useLanguage, useTexts } from "@/lib/i18n";
import { count, duration, wireTime } from "@/lib/format";
import { useTopic } from "@/lib/live";
import { useAct, useCall } from "@/lib/query";
import { Link, navigate } from "@/lib/router";
import { useCan } from "@/lib/session";
import type { Module, Overview } from "@/lib/wire";
import { texts } from "./texts";
import "./overview.css";

const AGENT_START = "hostward up";
const GOOD = 80;
const REREAD_MS = 30_000;
/** While the stream is down. */
const POLL_MS = 3_000;
const FAIR = 60;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** The whole default scan of a module, as New scan would start it. */
const STARTS: Record<Module, { action: string; parameters: object }> = {
  Vul: { action: "ScanVul", parameters: { VulLevels: "0", HostType: 1 } },
  Malware: { action: "CreateScanMalwareSetting", parameters: { ScanPattern: 1, HostType: 1 } },
  Baseline: { action: "StartBaselineDetect", parameters: { Param: {} } },
};

export default function OverviewScreen() {
  const t = useTexts(texts);
  const live = useTopic<Overview>("overview");
  const asked = useCall<Overview>("hostward", "DescribeOverview", {}, { refetchMs: live.stale ? POLL_MS : REREAD_MS });
  const data = useMemo(() => (live.state && asked.data ? { ...asked.data, ...live.state } : asked.data), [asked.data, live.state]);
  return (
    <>
      <PageHeader title={t.title} actions={<ApiButton />} />
      {asked.error && (asked.error.permission && !data ? (
        <Denied permission={asked.error.permission} />
      ) : (
        <ErrorState error={asked.error} onRetry={asked.refetch} {...(asked.asOf ? { asOf: asked.asOf } : {})} />
      ))}
      {data === undefined ? !asked.error && <Loading /> : data.Fleet.Total === 0 ? (
        <FirstSteps />
      ) : (
        <div className="hw-overview">
          <Score overview={data} />
          <div className="hw-overview-modules">
            {data.Modules.map((one) => <ModuleCard key={one.Module} one={one} all={data.Fleet.Total} />)}
          </div>
          <Actions actions={data.Actions} />
          <Fleet fleet={data.Fleet} />
          <Feeds feeds={data.Feeds} />
        </div>
      )}
    </>
  );
}

/** How the first machine comes here, and what is done with it then. */
function FirstSteps() {
  const t = useTexts(texts);
  return (
    <Card title={t.emptyTitle} className="hw-overview-first">
      <Steps
        steps={[
          { title: t.steps.agent, state: "now", children: <Code text={AGENT_START} language="shell" copy /> },
          { title: t.steps.wait, children: <p className="hw-overview-none">{t.steps.waitText}</p> },
          { title: t.steps.scan, children: <p className="hw-overview-none">{t.steps.scanText}</p> },
        ]}
      />
    </Card>
  );
}

function Score({ overview }: { overview: Overview }) {
  const t = useTexts(texts);
  const tone = overview.Score >= GOOD ? "ok" : overview.Score >= FAIR ? "warn" : "bad";
  return (
    <Card className="hw-overview-score">
      <Ring value={String(overview.Score)} percent={overview.Score} label={`${t.score}: ${t.scoreOf(overview.Score)}`} size={88} tone={tone} />
      <div>
        <h2>{t.score}</h2>
        {overview.Deductions.length === 0 ? (
          <p>{t.whole}</p>
        ) : (
          <ul aria-label={t.deductions}>
            {overview.Deductions.map((one) => (
              <li key={one.Reason}>
                <span className="hw-overview-points">{t.points(one.Points)}</span>
                {one.Link ? <Link to={one.Link}>{one.Text}</Link> : one.Text}
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  );
}

function ModuleCard({ one, all }: { one: Overview["Modules"][number]; all: number }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const [language] = useLanguage();
  const can = useCan();
  const toast = useToast();
  const start = STARTS[one.Module];
  const scan = useAct<{ TaskId: number }, object>("cwp", start.action, {
    refresh: ["DescribeOverview", "ListScanTasks"],
    done: (answer) => {
      toast(t.started(names[one.Module]), "ok");
      navigate(`/tasks/${one.Module}/${answer.TaskId}`);
    },
  });
  const running = one.LastState === "Scanning" || one.LastState === "Stopping";
  const task = `/tasks/${one.Module}/${one.LastTaskId}`;
  const levels = one.Levels.filter((level) => level.Count > 0);
  return (
    <Card
      title={names[one.Module]}
      actions={running ? (
        <Button size="small" to={task}>{t.openTask}</Button>
      ) : (
        can("scan:start") && <Button size="small" icon="play" busy={scan.busy} onClick={() => void scan.run(start.parameters).catch(() => undefined)}>{t.scanNow}</Button>
      )}
    >
      <div className="hw-overview-levels">
        {levels.map((level) => {
          const words = <><strong>{count(level.Count, language)}</strong> <Severity level={level.Level as SeverityLevel} /></>;
          // A link leads to a list of what it counts: there is none of each machine's risks together.
          if (one.Module !== "Vul") return <span key={level.Level} title={t.eachMachine}>{words}</span>;
          return <Link key={level.Level} to={`/vulns?level=${level.Level}`}>{words}</Link>;
        })}
        {one.AtRisk > 0 && <Link to={`/machines?risk=${one.Module}`}>{t.onMachines(one.AtRisk, count(one.AtRisk, language))}</Link>}
        {levels.length === 0 && <span className="hw-overview-none">{one.Judged > 0 ? t.noRisks : t.notJudged}</span>}
      </div>
      {running && <Progress percent={one.Progress} label={`${names[one.Module]} ${one.Progress}%`} />}
      <KeyValue
        items={[
          { key: t.lastScan, value: one.LastTaskId > 0 ? <Link to={task}>{one.LastEndTime ? <Time value={one.LastEndTime} /> : `${one.Progress}%`}</Link> : t.never },
          { key: t.nextScan, value: one.NextTime ? <Time value={one.NextTime} /> : <Link to="/schedules">{t.notPlanned}</Link> },
        ]}
      />
      <p className="hw-overview-judged" data-whole={one.Unjudged === 0}>
        <Icon name={one.Unjudged === 0 ? "checkCircle" : "info"} /> {t.judged(count(one.Judged, language), count(all, language))}
      </p>
      {scan.error && <ErrorState error={scan.error} onRetry={scan.reset} />}
    </Card>
  );
}

function Actions({ actions }: { actions: Overview["Actions"] }) {
  const t = useTexts(texts);
  return (
    <Card title={actions.length > 0 ? `${t.action} (${actions.length})` : t.action} className="hw-overview-actions" pad={false}>
      {actions.length === 0 ? (
        <p className="hw-overview-calm"><Icon name="checkCircle" /> {t.nothing}</p>
      ) : (
        <ol>
          {actions.map((one) => (
            <li key={`${one.Kind} ${one.Text}`}>
              <Severity level={one.Level as SeverityLevel} />
              {one.Link ? <Link to={one.Link}>{one.Text}</Link> : <span>{one.Text}</span>}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Fleet({ fleet }: { fleet: Overview["Fleet"] }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  return (
    <Card title={<Link to="/machines">{t.fleet}</Link>}>
      <StackedBar
        label={t.fleet}
        segments={[
          { id: "online", label: t.online, count: fleet.Online, tone: "ok", to: "/machines?status=Online" },
          { id: "offline", label: t.offline, count: fleet.Offline, tone: "neutral", to: "/machines?status=Offline" },
        ]}
      />
      <KeyValue
        className="hw-overview-numbers"
        items={[
          { key: t.tooOld, value: <Link to="/machines?only=old">{count(fleet.AgentTooOld, language)}</Link> },
          { key: t.neverScanned, value: <Link to="/machines?only=never">{count(fleet.NeverScanned, language)}</Link> },
        ]}
      />
    </Card>
  );
}

function Feeds({ feeds }: { feeds: Overview["Feeds"] }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  const age = (time: string) => {
    const imported = wireTime(time);
    return imported ? t.feedAge(duration(Math.max(0, now - imported.getTime()) / SECOND_MS, language)) : "-";
  };
  return (
    <Card title={t.feeds}>
      {feeds.length === 0 ? (
        <p className="hw-overview-none">{t.noFeeds}</p>
      ) : (
        <KeyValue
          items={feeds.map((one) => ({
            key: one.Name,
            value: (
              <span className="hw-overview-feed">
                <span>{age(one.ImportedTime)} · {t.advisories(count(one.Advisories, language))}</span>
                {one.Stale && <Tag tone="warn" icon="alert">{t.stale}</Tag>}
              </span>
            ),
          }))}
        />
      )}
    </Card>
  );
}
