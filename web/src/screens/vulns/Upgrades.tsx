import { useMemo, useState } from "react";
import { Code, Denied, EmptyState, ErrorState, Button, Loading, Severity, type SeverityLevel, Skeleton } from "@/ui";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCall } from "@/lib/query";
import { Link } from "@/lib/router";
import type { Upgrade } from "@/lib/wire";
import { Kev } from "./parts";
import { texts } from "./texts";

const PAGE = 20;
/** The most that one call answers. */
const MOST = 100;

/** What to upgrade, the one that closes most first, each with the command that does it. */
export function Upgrades() {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const [shown, setShown] = useState(PAGE);
  const parameters = useMemo(() => ({ Limit: Math.min(shown, MOST), Offset: 0 }), [shown]);
  const asked = useCall<{ TotalCount: number; Upgrades: Upgrade[] }>("hostward", "ListUpgrades", parameters, { keep: true });
  const { data, error } = asked;
  if (error?.permission) return <Denied permission={error.permission} />;
  const left = data ? Math.min(data.TotalCount, MOST) - data.Upgrades.length : 0;
  return (
    <>
      {error && <ErrorState error={error} onRetry={asked.refetch} {...(asked.asOf ? { asOf: asked.asOf } : {})} />}
      {asked.loading && !data && <Loading><Skeleton rows={8} /></Loading>}
      {data && data.TotalCount === 0 && <EmptyState title={t.emptyUpgrades} icon="shieldCheck" />}
      {data && data.TotalCount > 0 && (
        <>
          <p className="hw-vulns-note">{t.upgradesWhy}</p>
          <ol className="hw-vulns-upgrades" aria-label={t.view.package}>
            {data.Upgrades.map((one) => <One key={`${one.Ecosystem} ${one.Component}`} one={one} />)}
          </ol>
          {left > 0 && <Button className="hw-vulns-more" onClick={() => setShown(shown + PAGE)} busy={asked.loading}>{t.more(count(left, language))}</Button>}
        </>
      )}
    </>
  );
}

function One({ one }: { one: Upgrade }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const vulns = t.vulns(count(one.Vulnerabilities, language), one.Vulnerabilities === 1);
  const machines = t.machines(count(one.Machines, language), one.Machines === 1);
  return (
    <li>
      <div className="hw-vulns-upgrade">
        <Severity level={one.Level as SeverityLevel} />
        <h2>{t.upgrade(one.Component, vulns, machines)}</h2>
        <Kev kev={one.Kev} words />
        <span className="hw-vulns-facts">{[one.Ecosystem, one.Machines > 1 ? t.risks(count(one.Risks, language)) : ""].filter(Boolean).join(" · ")}</span>
      </div>
      <p className="hw-vulns-target">
        {t.to} <span className="hw-mono hw-vulns-fixed">{one.Fixed}</span> {t.orNewer} · <Link to={`/vulns?q=${encodeURIComponent(one.Component)}&fixable=yes`}>{t.showVulns}</Link>
      </p>
      {one.Command ? <Code text={one.Command} language="shell" copy wrap label={t.copyCommand} /> : <p className="hw-vulns-none">{t.noCommand}</p>}
    </li>
  );
}
