import { useState } from "react";
import {
  Button, Card, Code, ConfirmDialog, Dialog, ErrorState, Field, Loading, Menu, NumberInput, Select, Table, Tag, Time, useToast, type Column, type MenuItem,
} from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useCan, useSession } from "@/lib/session";
import type { ApiKey, User } from "@/lib/wire";
import { texts } from "./texts";

interface Made {
  SecretId: string;
  SecretKey: string;
  UserName: string;
}

const HOUR = 3_600;

export function Keys() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const asked = useCall<{ Keys: ApiKey[] }>("hostward", "ListApiKeys", {});
  const [made, setMade] = useState<Made | null>(null);
  const [adding, setAdding] = useState(false);
  const [rotating, setRotating] = useState<ApiKey | null>(null);
  const [removing, setRemoving] = useState<ApiKey | null>(null);
  const refresh = ["ListApiKeys"];
  const failed = (error: Error) => toast(error.message, "bad");
  const enable = useAct<unknown, object>("hostward", "EnableApiKey", { refresh });
  const disable = useAct<unknown, object>("hostward", "DisableApiKey", { refresh });
  const remove = useAct<unknown, object>("hostward", "DeleteApiKey", { refresh, done: () => setRemoving(null) });
  const menu = (key: ApiKey): MenuItem[] => {
    const which = { AccessKeyId: key.SecretId };
    return [
      { label: t.keys.rotate, icon: "refresh", disabled: !key.Enabled, onSelect: () => setRotating(key) },
      ...(can("key:write")
        ? [
            key.Enabled
              ? { label: t.keys.disable, icon: "pause" as const, onSelect: () => void disable.run(which).catch(failed) }
              : { label: t.keys.enable, icon: "play" as const, onSelect: () => void enable.run(which).catch(failed) },
            { label: t.keys.remove, icon: "trash" as const, danger: true, onSelect: () => setRemoving(key) },
          ]
        : []),
    ];
  };
  const columns: Column<ApiKey>[] = [
    { id: "id", title: t.keys.columns.id, card: "title", render: (key) => <span className="hw-mono">{key.SecretId}</span> },
    { id: "user", title: t.keys.columns.user, width: 140, render: (key) => key.UserName },
    {
      id: "state", title: t.keys.columns.state, width: 120,
      render: (key) => !key.Enabled ? <Tag icon="xCircle">{t.keys.off}</Tag> : key.ExpiredTime ? <Tag tone="warn" icon="clock">{t.keys.ends}</Tag> : <Tag tone="ok" icon="checkCircle">{t.keys.on}</Tag>,
    },
    { id: "created", title: t.keys.columns.created, width: 120, render: (key) => <Time value={key.CreatedTime} /> },
    { id: "used", title: t.keys.columns.used, width: 120, render: (key) => key.LastUsedTime ? <Time value={key.LastUsedTime} /> : t.keys.never },
    { id: "expires", title: t.keys.columns.expires, width: 120, render: (key) => key.ExpiredTime ? <Time value={key.ExpiredTime} /> : "-" },
    { id: "menu", title: "", width: 48, align: "right", render: (key) => <Menu label={`${key.SecretId} ...`} icon="more" iconOnly kind="quiet" size="small" items={menu(key)} /> },
  ];
  return (
    <>
      <Card title={t.pages.keys} pad={false} actions={can("key:write") && <Button size="small" icon="plus" onClick={() => setAdding(true)}>{t.keys.add}</Button>}>
        {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
        {asked.loading && <Loading />}
        {asked.data && <Table label={t.pages.keys} columns={columns} rows={asked.data.Keys} rowKey={(key) => key.SecretId} empty={t.keys.empty} />}
      </Card>
      {adding && <NewKey onClose={() => setAdding(false)} onMade={(one) => { setAdding(false); setMade(one); }} />}
      {rotating && <Rotate old={rotating} onClose={() => setRotating(null)} onMade={(one) => { setRotating(null); setMade(one); }} />}
      <ConfirmDialog
        open={removing !== null} title={t.keys.removeTitle} body={t.keys.removeBody} objects={removing ? [removing.SecretId] : []} verb={t.keys.remove} danger
        busy={remove.busy} {...(remove.error ? { error: remove.error } : {})} onClose={() => setRemoving(null)}
        onConfirm={() => void remove.run({ AccessKeyId: removing?.SecretId ?? "" }).catch(() => undefined)}
      />
      {made && <Shown made={made} onClose={() => setMade(null)} />}
    </>
  );
}

function NewKey({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const t = useTexts(texts);
  const session = useSession();
  const users = useCall<{ Users: User[] }>("hostward", "ListUsers", {});
  const [user, setUser] = useState(session.user);
  const act = useAct<Made, object>("hostward", "CreateApiKey", { refresh: ["ListApiKeys"], done: onMade });
  const actions = (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={act.busy} onClick={() => void act.run({ UserName: user }).catch(() => undefined)}>{t.keys.add}</Button>
    </>
  );
  return (
    <Dialog open title={t.keys.add} onClose={onClose} actions={actions}>
      <Field label={t.keys.forUser} {...(act.error ? { error: act.error.message } : {})}>
        {(id) => <Select id={id} hideLabel label={t.keys.forUser} value={user} onChange={setUser} options={(users.data?.Users ?? []).map((one) => ({ value: one.UserName, label: one.UserName }))} />}
      </Field>
    </Dialog>
  );
}

function Rotate({ old, onClose, onMade }: { old: ApiKey; onClose: () => void; onMade: (made: Made) => void }) {
  const t = useTexts(texts);
  const [hours, setHours] = useState<number | null>(24);
  const act = useAct<Made, object>("hostward", "RotateApiKey", { refresh: ["ListApiKeys"], done: onMade });
  const actions = (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={act.busy} onClick={() => void act.run({ AccessKeyId: old.SecretId, OverlapSeconds: (hours ?? 0) * HOUR }).catch(() => undefined)}>{t.keys.rotate}</Button>
    </>
  );
  return (
    <Dialog open title={t.keys.rotateTitle} onClose={onClose} actions={actions}>
      <p>{t.keys.rotateBody}</p>
      <p className="hw-mono">{old.SecretId}</p>
      <Field label={t.keys.overlap} {...(act.error ? { error: act.error.message } : {})}>
        {(id) => <NumberInput id={id} min={0} max={168} unit={t.keys.hours} value={hours} onChange={setHours} />}
      </Field>
    </Dialog>
  );
}

function Shown({ made, onClose }: { made: Made; onClose: () => void }) {
  const t = useTexts(texts);
  const session = useSession();
  const scheme = session.tls ? "" : "http://";
  const environment = `export TENCENTCLOUD_SECRET_ID=${made.SecretId}\nexport TENCENTCLOUD_SECRET_KEY=${made.SecretKey}`;
  const tccli = `tccli configure set secretId ${made.SecretId} secretKey ${made.SecretKey} region ap-guangzhou cwp.endpoint ${scheme}${session.endpoint}`;
  return (
    <Dialog open title={t.keys.madeTitle} onClose={onClose} actions={<Button kind="primary" onClick={onClose}>{t.me.done}</Button>}>
      <p>{t.keys.madeWhy}</p>
      <h3>{t.keys.environment}</h3>
      <Code text={environment} language="shell" copy wrap />
      <h3>{t.keys.tccli}</h3>
      <Code text={tccli} language="shell" copy wrap />
    </Dialog>
  );
}
