import { useMemo, useState } from "react";
import { ApiButton, Button, Card, Denied, EmptyState, ErrorState, KeyValue, Loading, PageHeader, Severity, type SeverityLevel, Skeleton, Stat, StatRow, Time, Tooltip } from "@/ui";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { Vulnerability } from "@/lib/wire";
import { RuleForm } from "../ignoring/RuleForm";
import type { Picked } from "../ignoring/MachinePicker";
import { inWords } from "./cvss";
import { titleOf } from "./list";
import { Epss, Kev, LevelFrom, NoValue } from "./parts";
import { texts } from "./texts";
import { useRescan } from "./useRescan";
import { VulMachines } from "./VulMachines";

/** What DescribeVulInfoCvss tells of a vulnerability. */
interface Known {
  VulId: number;
  VulName: string;
  VulLevel: number;
  Description: string;
  RepairPlan: string;
  CveId: string;
  Reference: string;
  CVSS: string;
  PublicDate: string;
  CvssScoreFloat: number;
  CveInfo: string;
  Labels: string;
}

/** Those whose names begin with the same letters come before it, at the most. */
const NAMESAKES = 100;

/** One vulnerability: what it is, what fixes it, and who has it. */
export function Vul({ number }: { number: string }) {
  const t = useTexts(texts);
  const id = /^[1-9]\d{0,15}$/.test(number) ? Number(number) : 0;
  const asked = useCall<Known>("cwp", "DescribeVulInfoCvss", id > 0 ? { VulId: id } : null, { keep: true });
  const { data, error } = asked;
  const crumbs = [{ label: t.title, to: "/vulns" }];
  if (data) return <Shown id={id} known={data} />;
  if (error?.permission) return <><PageHeader title={t.title} crumbs={crumbs} /><Denied permission={error.permission} /></>;
  if (id === 0 || error?.code.startsWith("ResourceNotFound") || error?.code.startsWith("InvalidParameterValue")) {
    return (
      <>
        <PageHeader title={t.unknown} crumbs={crumbs} />
        <EmptyState title={t.unknownText} icon="search" action={<Button kind="primary" to="/vulns">{t.toList}</Button>} />
      </>
    );
  }
  return (
    <>
      <PageHeader title={t.title} crumbs={crumbs} />
      {error ? <ErrorState error={error} onRetry={asked.refetch} /> : <Loading><Skeleton rows={12} /></Loading>}
    </>
  );
}

function Shown({ id, known }: { id: number; known: Known }) {
  const t = useTexts(texts);
  const can = useCan();
  const [ignoring, setIgnoring] = useState<Picked[] | null>(null);
  const [changed, setChanged] = useState(0);
  const parameters = useMemo(() => ({ Query: known.CveId, Limit: NAMESAKES }), [known.CveId]);
  const fleet = useCall<{ Vulnerabilities: Vulnerability[] }>("hostward", "ListVulnerabilities", parameters, { keep: true });
  const row = fleet.data?.Vulnerabilities.find((one) => one.VulId === id);
  const rescan = useRescan(id);
  const title = row ? titleOf(row) : known.VulName === known.CveId ? "" : known.VulName;
  return (
    <>
      <PageHeader
        title={known.CveId}
        crumbs={[{ label: t.title, to: "/vulns" }]}
        badges={<><Severity level={known.VulLevel as SeverityLevel} /><Kev kev={row ? row.Kev : known.Labels !== ""} words /></>}
        sub={title}
        actions={
          <>
            {can("scan:start") && <Button icon="refresh" busy={rescan.busy} onClick={() => void rescan.all()}>{t.rescan}</Button>}
            {can("ignore:write") && <Button icon="eye" onClick={() => setIgnoring([])}>{t.ignore}</Button>}
            <ApiButton />
          </>
        }
      />
      {rescan.error && <ErrorState error={rescan.error} onRetry={rescan.forget} />}
      <Counts row={row} loading={fleet.loading} />
      {fleet.error && <ErrorState error={fleet.error} onRetry={fleet.refetch} />}
      <div className="hw-vulns-about">
        <About known={known} row={row} />
        <Fixes plan={known.RepairPlan} row={row} />
      </div>
      <VulMachines key={changed} id={id} onIgnore={setIgnoring} onRescan={(quuids) => void rescan.some(quuids)} busy={rescan.busy} />
      {ignoring && <RuleForm vulnerability={known.CveId} machines={ignoring} onClose={() => setIgnoring(null)} onMade={() => setChanged((n) => n + 1)} />}
    </>
  );
}

/** The place is kept while they are asked for. */
function Counts({ row, loading }: { row: Vulnerability | undefined; loading: boolean }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const number = (n: number | undefined) => (loading && n === undefined ? "…" : count(n ?? 0, language));
  return (
    <StatRow className="hw-vulns-counts">
      <Stat label={t.open} value={number(row?.Machines)} {...(row && row.Machines > 0 ? { tone: "bad" as const } : {})} />
      <Stat label={t.fixedOn} value={number(row?.FixedMachines)} />
      <Stat label={t.ignoredOn} value={number(row?.IgnoredMachines)} />
      <Stat label={t.kev} value={row === undefined ? <NoValue /> : row.Kev ? t.yes : t.no} {...(row?.Kev ? { tone: "bad" as const } : {})} />
      <Stat label={t.columns.cvss} value={row?.Cvss || <NoValue />} />
      <Stat label={t.columns.epss} value={<Tooltip text={t.epssHint}><span><Epss epss={row?.Epss ?? ""} /></span></Tooltip>} />
    </StatRow>
  );
}

function About({ known, row }: { known: Known; row: Vulnerability | undefined }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const words = inWords(known.CVSS, language);
  return (
    <Card title={t.about}>
      {known.Description ? <p className="hw-vulns-said">{known.Description}</p> : <p className="hw-vulns-none">{t.noDescription}</p>}
      <KeyValue
        className="hw-vulns-values"
        items={[
          { key: t.level, value: <><Severity level={known.VulLevel as SeverityLevel} /> <LevelFrom source={row?.LevelSource ?? ""} /></> },
          ...(known.CVSS ? [{ key: t.vector, value: <><span className="hw-mono">{known.CVSS}</span>{words.length > 0 && <p className="hw-vulns-words">{words.join(" · ")}</p>}</> }] : []),
          { key: t.published, value: known.PublicDate ? <Time value={known.PublicDate} /> : <NoValue /> },
          ...(row ? [{ key: t.seen, value: <><Time value={row.FirstSeen} /> – <Time value={row.LastSeen} /></> }] : []),
          { key: t.references, value: <References text={known.Reference} /> },
        ]}
      />
    </Card>
  );
}

/** Links only where they are of the web: texts of advisories are somebody else's. */
export function References({ text }: { text: string }) {
  const all = text.split(/\s+/).filter(Boolean);
  if (all.length === 0) return <NoValue />;
  return (
    <ul className="hw-vulns-links">
      {all.map((one) => <li key={one}>{/^https?:\/\//i.test(one) ? <a href={one} target="_blank" rel="noreferrer noopener">{one}</a> : one}</li>)}
    </ul>
  );
}

/** A line of a repair plan: "Debian:12: upgrade openssl to 3.0.15-1". */
const PLANNED = /^(.+): upgrade (\S+) to (\S+)$/;

function Fixes({ plan, row }: { plan: string; row: Vulnerability | undefined }) {
  const t = useTexts(texts);
  const lines = plan.split("\n").filter(Boolean);
  return (
    <Card title={t.fixes}>
      {lines.length === 0 ? (
        <p className="hw-vulns-none">{row && row.FixStatus !== "fixed" ? t.fixStatus[row.FixStatus] ?? t.noFixes : t.noFixes}</p>
      ) : (
        <ul className="hw-vulns-fixes">
          {lines.map((line) => {
            const [, ecosystem, name, version] = PLANNED.exec(line) ?? [];
            return <li key={line}>{version ? <><span className="hw-muted">{ecosystem}</span><span>{name} <span className="hw-mono hw-vulns-fixed">{version}</span></span></> : line}</li>;
          })}
        </ul>
      )}
    </Card>
  );
}
