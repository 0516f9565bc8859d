import { Button, Code, Drawer, ErrorState, KeyValue, Loading, Severity, type SeverityLevel, Tag, Time } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import type { ExplainedFinding } from "@/lib/wire";
import { LevelFrom, NoValue, State } from "./parts";
import { texts } from "./texts";

/** Why a machine has a vulnerability: what was compared with what, who says so, and what to do there. */
export function Why({ event, onClose }: { event: number; onClose: () => void }) {
  const t = useTexts(texts);
  const asked = useCall<ExplainedFinding>("hostward", "ExplainFinding", { EventId: event });
  const found = asked.data;
  const host = found?.HostName || found?.Quuid || "";
  const actions = found && (
    <>
      <Button icon="server" to={`/machines?open=${encodeURIComponent(found.Quuid)}`}>{t.toMachine}</Button>
      <Button icon="bug" to={`/vulns?machine=${encodeURIComponent(found.Quuid)}`}>{t.thisMachine}</Button>
    </>
  );
  return (
    <Drawer open wide title={found ? t.whyHere(host) : t.why} onClose={onClose} actions={actions}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && !found && <Loading />}
      {found && <Explained found={found} />}
    </Drawer>
  );
}

function Explained({ found }: { found: ExplainedFinding }) {
  const t = useTexts(texts);
  const { Finding: finding } = found;
  return (
    <div className="hw-vulns-why">
      <KeyValue
        items={[
          { key: t.columns.cve, value: <strong>{finding.CveId}</strong> },
          { key: t.level, value: <><Severity level={finding.Level as SeverityLevel} /> <LevelFrom source={finding.LevelSource} /></> },
          { key: t.status, value: <State status={finding.Status} ignored={finding.Ignored} reopened={finding.Reopened} /> },
          { key: t.columns.os, value: found.OsName || <NoValue /> },
          { key: t.columns.first, value: <Time value={finding.FirstSeen} /> },
          ...(finding.FixedTime
            ? [{ key: t.fixedSince, value: <><Time value={finding.FixedTime} />{finding.Cause && <span className="hw-muted"> · {t.cause[finding.Cause] ?? finding.Cause}</span>}</> }]
            : [{ key: t.columns.last, value: <Time value={finding.LastSeen} /> }]),
        ]}
      />
      <Todo found={found} />
      <section>
        <h3>{t.reasons}</h3>
        <ul className="hw-vulns-reasons">
          {found.Reasons.map((one) => <Reason key={`${one.Package} ${one.Path} ${one.Feed} ${one.Advisory}`} one={one} />)}
        </ul>
        {found.NotCovered && <p className="hw-vulns-warn">{found.NotCovered}</p>}
      </section>
      {found.SilentFeeds.length > 0 && (
        <section>
          <h3>{t.silent}</h3>
          <KeyValue items={found.SilentFeeds.map((one) => ({ key: <span className="hw-mono">{one.Feed}</span>, value: one.Reason }))} />
        </section>
      )}
      {found.IgnoredBy.map((rule) => (
        <section key={rule.RuleId}>
          <h3>{t.ignoredBy}</h3>
          <p>{rule.Remark || rule.Justification || t.noReason} <span className="hw-muted">· {rule.Owner}{rule.ExpireTime && <> · <Time value={rule.ExpireTime} /></>}</span></p>
        </section>
      ))}
    </div>
  );
}

function Todo({ found }: { found: ExplainedFinding }) {
  const t = useTexts(texts);
  if (found.Finding.Status !== "present" && !found.Restart) return null;
  return (
    <section>
      <h3>{t.todo}</h3>
      {found.Command && <Code text={found.Command} language="shell" copy wrap label={t.copyCommand} />}
      {!found.Command && found.Fix && <p className="hw-vulns-said">{found.Fix}</p>}
      {!found.Command && !found.Fix && found.Finding.Status === "present" && <p className="hw-vulns-none">{t.nothingToDo}</p>}
      {found.Restart && <p className="hw-vulns-said"><span className="hw-muted">{t.restart}: </span>{found.Restart}</p>}
    </section>
  );
}

function Reason({ one }: { one: ExplainedFinding["Reasons"][number] }) {
  const t = useTexts(texts);
  return (
    <li>
      <p className="hw-vulns-compared">{one.Comparison}</p>
      <p className="hw-vulns-facts">
        {[one.Package !== one.Source && one.Source ? `${one.Package} (${one.Source})` : one.Package, one.Ecosystem, one.Compared !== one.Installed ? `${t.compared} ${one.Compared}` : ""].filter(Boolean).join(" · ")}
      </p>
      <p className="hw-vulns-facts">
        {one.Feed ? <>{t.feed} <span className="hw-mono">{one.Feed}</span>{one.Advisory && <> · {one.Advisory}</>}{one.FeedTime && <> · {t.ofDay} <Time value={one.FeedTime} /></>}</> : t.ownChangelog}
        {one.FeedState && one.FeedState !== "current" && <> <Tag tone="warn" icon="alert">{one.FeedState}</Tag></>}
      </p>
      {one.Path && <p className="hw-vulns-facts"><span className="hw-mono">{one.Path}</span></p>}
      {one.Rule && <p className="hw-vulns-rule">{one.Rule}</p>}
    </li>
  );
}
