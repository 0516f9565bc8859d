import { useState } from "react";
import {
  Button, Card, Checkbox, Code, ConfirmDialog, Dialog, Drawer, ErrorState, Field, Loading, Menu, Select, Severity, type SeverityLevel, Switch, Table, Tag,
  TextInput, Time, useToast, type Column, type MenuItem,
} from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { Delivery, Webhook } from "@/lib/wire";
import { texts } from "./texts";

const EVENTS = ["scan.finished", "finding.new", "feed.health"] as const;
const LEVELS = ["1", "2", "3", "4"] as const;
const levelTexts = { en: ["Low", "Medium", "High", "Critical"], zh: ["低危", "中危", "高危", "严重"] };

interface Answered {
  Status: number;
  Milliseconds: number;
  Body: string;
  Problem: string;
}

export function Notifications() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const asked = useCall<{ Webhooks: Webhook[] }>("hostward", "ListWebhooks", {}, { refetchMs: 10_000 });
  const [editing, setEditing] = useState<Webhook | "new" | null>(null);
  const [removing, setRemoving] = useState<Webhook | null>(null);
  const [showing, setShowing] = useState<Webhook | null>(null);
  const [secret, setSecret] = useState("");
  const [answer, setAnswer] = useState<Answered | null>(null);
  const remove = useAct<unknown, object>("hostward", "DeleteWebhook", { refresh: ["ListWebhooks"], done: () => setRemoving(null) });
  const test = useAct<Answered, object>("hostward", "TestWebhook", { refresh: ["ListWebhooks"], done: setAnswer });
  const failed = (error: Error) => toast(error.message, "bad");
  const menu = (hook: Webhook): MenuItem[] => [
    { label: t.hooks.test, icon: "play", onSelect: () => void test.run({ WebhookId: hook.WebhookId }).catch(failed) },
    { label: t.hooks.deliveries, icon: "list", onSelect: () => setShowing(hook) },
    { label: t.hooks.edit, icon: "edit", onSelect: () => setEditing(hook) },
    { label: t.hooks.remove, icon: "trash", danger: true, onSelect: () => setRemoving(hook) },
  ];
  const columns: Column<Webhook>[] = [
    { id: "name", title: t.hooks.columns.name, width: 160, card: "title", render: (hook) => <strong>{hook.Name}</strong> },
    { id: "url", title: t.hooks.columns.url, render: (hook) => <span className="hw-mono">{hook.Url}</span> },
    { id: "events", title: t.hooks.columns.events, width: 220, render: (hook) => hook.Events.map((event) => t.hooks.events[event as (typeof EVENTS)[number]] ?? event).join(", ") },
    { id: "level", title: t.hooks.columns.level, width: 110, render: (hook) => hook.Events.includes("finding.new") ? <Severity level={hook.Level as SeverityLevel} /> : "-" },
    {
      id: "last", title: t.hooks.columns.last, width: 170,
      render: (hook) => !hook.Enabled ? <><Tag tone={hook.OffReason ? "bad" : "neutral"}>{t.hooks.off}</Tag> {hook.OffReason}</> : hook.LastTime ? <><Tag tone={hook.LastStatus >= 200 && hook.LastStatus < 300 ? "ok" : "bad"}>{hook.LastStatus || t.hooks.untested}</Tag> <Time value={hook.LastTime} /></> : t.hooks.neverSent,
    },
    { id: "pending", title: t.hooks.columns.pending, width: 80, align: "right", render: (hook) => hook.Pending },
    { id: "menu", title: "", width: 48, align: "right", render: (hook) => can("notification:write") && <Menu label={`${hook.Name} ...`} icon="more" iconOnly kind="quiet" size="small" items={menu(hook)} /> },
  ];
  return (
    <>
      <Card title={t.pages.notifications} pad={false} actions={can("notification:write") && <Button size="small" icon="plus" onClick={() => setEditing("new")}>{t.hooks.add}</Button>}>
        <p className="hw-settings-note">{t.hooks.why}</p>
        {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
        {asked.loading && <Loading />}
        {asked.data && <Table label={t.pages.notifications} columns={columns} rows={asked.data.Webhooks} rowKey={(hook) => String(hook.WebhookId)} empty={t.hooks.empty} />}
      </Card>
      {editing && <Edit hook={editing === "new" ? null : editing} onClose={() => setEditing(null)} onSecret={setSecret} />}
      <ConfirmDialog
        open={removing !== null} title={t.hooks.removeTitle} body={t.hooks.removeBody} objects={removing ? [removing.Name] : []} verb={t.hooks.remove} danger
        busy={remove.busy} {...(remove.error ? { error: remove.error } : {})} onClose={() => setRemoving(null)}
        onConfirm={() => void remove.run({ WebhookId: removing?.WebhookId ?? 0 }).catch(() => undefined)}
      />
      <Dialog open={secret !== ""} title={t.hooks.secretTitle} onClose={() => setSecret("")} actions={<Button kind="primary" onClick={() => setSecret("")}>{t.me.done}</Button>}>
        <p>{t.hooks.secretWhy}</p>
        <Code text={secret} language="text" copy wrap />
      </Dialog>
      <Dialog open={answer !== null} title={t.hooks.test} onClose={() => setAnswer(null)} actions={<Button onClick={() => setAnswer(null)}>{t.close}</Button>}>
        {answer && (
          <>
            <p>{answer.Status > 0 ? t.hooks.tested(answer.Status, answer.Milliseconds) : t.hooks.untested}</p>
            {answer.Problem && <p className="hw-settings-error">{answer.Problem}</p>}
            {answer.Body && <Code text={answer.Body} language="text" wrap />}
          </>
        )}
      </Dialog>
      {showing && <Deliveries hook={showing} onClose={() => setShowing(null)} />}
    </>
  );
}

function Edit({ hook, onClose, onSecret }: { hook: Webhook | null; onClose: () => void; onSecret: (secret: string) => void }) {
  const t = useTexts(texts);
  const toast = useToast();
  const words = useTexts(levelTexts);
  const [name, setName] = useState(hook?.Name ?? "");
  const [url, setUrl] = useState(hook?.Url ?? "");
  const [events, setEvents] = useState<string[]>(hook?.Events ?? [...EVENTS]);
  const [level, setLevel] = useState(String(hook?.Level ?? 3));
  const [enabled, setEnabled] = useState(hook?.Enabled ?? true);
  const refresh = ["ListWebhooks"];
  const create = useAct<{ Secret: string }, object>("hostward", "CreateWebhook", { refresh });
  const update = useAct<unknown, object>("hostward", "UpdateWebhook", { refresh });
  const error = create.error ?? update.error;
  const save = async () => {
    const setting = { Name: name, Url: url, Events: events, Level: Number(level) };
    try {
      if (hook === null) onSecret((await create.run(setting)).Secret);
      else await update.run({ WebhookId: hook.WebhookId, ...setting, Enabled: enabled });
      toast(t.saved, "ok");
      onClose();
    } catch {
      // The dialog shows what was refused.
      return;
    }
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={create.busy || update.busy} disabled={name === "" || url === "" || events.length === 0} onClick={() => void save()}>{t.save}</Button>
    </>
  );
  const turn = (event: string, on: boolean) => setEvents(on ? [...events, event] : events.filter((one) => one !== event));
  return (
    <Dialog open title={hook?.Name ?? t.hooks.add} onClose={onClose} actions={actions}>
      <div className="hw-settings-form">
        <Field label={t.hooks.name} required>{(id) => <TextInput id={id} value={name} onChange={setName} autoFocus />}</Field>
        <Field label={t.hooks.url} required>{(id) => <TextInput id={id} type="url" value={url} onChange={setUrl} placeholder="https://" />}</Field>
        <fieldset className="hw-settings-form">
          <legend>{t.hooks.eventsLabel}</legend>
          {EVENTS.map((event) => <Checkbox key={event} label={t.hooks.events[event]} checked={events.includes(event)} onChange={(on) => turn(event, on)} />)}
        </fieldset>
        {events.includes("finding.new") && (
          <Field label={t.hooks.level}>
            {(id) => <Select id={id} hideLabel label={t.hooks.level} value={level} onChange={setLevel} options={LEVELS.map((value, at) => ({ value, label: words[at] ?? value }))} />}
          </Field>
        )}
        {hook && <Switch label={t.hooks.on} checked={enabled} onChange={setEnabled} />}
        {error && <ErrorState error={error} />}
      </div>
    </Dialog>
  );
}

function Deliveries({ hook, onClose }: { hook: Webhook; onClose: () => void }) {
  const t = useTexts(texts);
  const asked = useCall<{ Deliveries: Delivery[] }>("hostward", "ListWebhookDeliveries", { WebhookId: hook.WebhookId, Limit: 100 }, { refetchMs: 5_000 });
  const columns: Column<Delivery>[] = [
    { id: "time", title: t.audit.columns.time, width: 130, card: "title", render: (one) => <Time value={one.Time} /> },
    { id: "event", title: t.hooks.columns.events, width: 130, render: (one) => one.Event },
    { id: "state", title: t.hooks.columns.state, width: 110, render: (one) => <Tag tone={one.State === "Sent" ? "ok" : one.State === "Pending" ? "info" : "bad"}>{t.hooks.states[one.State]}</Tag> },
    { id: "answer", title: t.hooks.columns.last, render: (one) => <>{one.Status > 0 ? `HTTP ${one.Status}` : one.Error || "-"} · {t.hooks.attempts(one.Attempts)}{one.NextTime && <> · {t.hooks.nextTry} <Time value={one.NextTime} /></>}</> },
  ];
  return (
    <Drawer open wide title={`${t.hooks.deliveries}: ${hook.Name}`} onClose={onClose}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && <Table label={t.hooks.deliveries} columns={columns} rows={asked.data.Deliveries} rowKey={(one) => one.DeliveryId} empty={t.hooks.noDeliveries} />}
    </Drawer>
  );
}
