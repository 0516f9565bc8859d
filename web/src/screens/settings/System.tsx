import { Button, Card, Code, KeyValue } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { texts } from "./texts";

export function System() {
  const t = useTexts(texts);
  const session = useSession();
  const scheme = session.tls ? "" : "http://";
  const sdk = `export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...\ntccli cwp DescribeScanTaskDetails --ModuleType Vul --TaskId 1 --endpoint ${scheme}${session.endpoint} --region ap-guangzhou`;
  return (
    <div className="hw-settings-columns">
      <Card title={t.pages.system}>
        <KeyValue
          items={[
            { key: t.system.version, value: session.version },
            { key: t.system.endpoint, value: <span className="hw-mono">{session.endpoint}</span> },
            { key: t.system.tls, value: session.tls ? t.system.tlsOn : t.system.tlsOff },
            { key: t.system.zone, value: session.time_zone },
            { key: t.system.account, value: String(session.account) },
          ]}
        />
      </Card>
      <Card title={t.system.client}><Code text={sdk} language="shell" copy wrap /></Card>
      <Card title={t.system.backup}>
        <p>{t.system.backupWhy}</p>
        <Code text="hostward db backup hostward-backup.tar" language="shell" copy />
      </Card>
      <Card title={t.system.feeds}>
        <p>{t.system.feedsWhy}</p>
        <Button to="/settings/feeds">{t.pages.feeds}</Button>
      </Card>
    </div>
  );
}
