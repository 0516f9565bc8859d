import { useState } from "react";
import {
  Button, Card, Code, ConfirmDialog, Dialog, ErrorState, Field, Loading, Menu, RadioCards, Table, Tag, TagInput, TextInput, Time, useToast,
  type Column, type MenuItem,
} from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { User } from "@/lib/wire";
import { texts } from "./texts";

type Role = "administrator" | "operator" | "auditor";
const ROLES: readonly Role[] = ["administrator", "operator", "auditor"];
const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

interface LoginLink {
  Path: string;
  ExpireTime: string;
}

export function Users() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const asked = useCall<{ Users: User[] }>("hostward", "ListUsers", {});
  const [editing, setEditing] = useState<User | "new" | null>(null);
  const [asking, setAsking] = useState<{ what: "disable" | "resetTotp"; user: User } | null>(null);
  const [link, setLink] = useState<LoginLink | null>(null);
  const refresh = ["ListUsers"];
  const failed = (error: Error) => toast(error.message, "bad");
  const enable = useAct<unknown, object>("hostward", "EnableUser", { refresh });
  const disable = useAct<unknown, object>("hostward", "DisableUser", { refresh, done: () => setAsking(null) });
  const reset = useAct<unknown, object>("hostward", "ResetTotp", { refresh, done: () => setAsking(null) });
  const make = useAct<LoginLink, object>("hostward", "CreateLoginLink", { done: setLink });
  const menu = (user: User): MenuItem[] => {
    const which = { UserName: user.UserName };
    return [
      { label: t.users.edit, icon: "edit", onSelect: () => setEditing(user) },
      { label: t.users.link, icon: "link", disabled: !user.Enabled, onSelect: () => void make.run(which).catch(failed) },
      { label: t.users.resetTotp, icon: "lock", onSelect: () => setAsking({ what: "resetTotp", user }) },
      user.Enabled
        ? { label: t.users.disable, icon: "pause", danger: true, onSelect: () => setAsking({ what: "disable", user }) }
        : { label: t.users.enable, icon: "play", onSelect: () => void enable.run(which).catch(failed) },
    ];
  };
  const columns: Column<User>[] = [
    { id: "name", title: t.users.columns.name, card: "title", render: (user) => <strong>{user.UserName}</strong> },
    { id: "role", title: t.users.columns.role, width: 160, render: (user) => (isRole(user.Role) ? t.users.roles[user.Role] : user.Role) },
    { id: "tags", title: t.users.columns.tags, render: (user) => user.Tags.length === 0 ? t.users.everything : <span className="hw-settings-tags">{user.Tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</span> },
    {
      id: "state", title: t.users.columns.state, width: 130,
      render: (user) => user.Locked ? <Tag tone="warn" icon="lock">{t.users.locked}</Tag> : user.Enabled ? <Tag tone="ok" icon="checkCircle">{t.users.on}</Tag> : <Tag icon="xCircle">{t.users.off}</Tag>,
    },
    { id: "menu", title: "", width: 48, align: "right", render: (user) => can("user:write") && <Menu label={`${user.UserName} ...`} icon="more" iconOnly kind="quiet" size="small" items={menu(user)} /> },
  ];
  const act = asking?.what === "disable" ? disable : reset;
  return (
    <>
      <Card title={t.pages.users} pad={false} actions={can("user:write") && <Button size="small" icon="plus" onClick={() => setEditing("new")}>{t.users.add}</Button>}>
        {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
        {asked.loading && <Loading />}
        {asked.data && <Table label={t.pages.users} columns={columns} rows={asked.data.Users} rowKey={(user) => user.UserName} empty={t.users.empty} />}
      </Card>
      {editing && <Edit user={editing === "new" ? null : editing} onClose={() => setEditing(null)} onMade={setLink} />}
      <ConfirmDialog
        open={asking !== null}
        title={asking?.what === "disable" ? t.users.disableTitle : t.users.resetTitle}
        body={asking?.what === "disable" ? t.users.disableBody : t.users.resetBody}
        objects={asking ? [asking.user.UserName] : []}
        verb={asking?.what === "disable" ? t.users.disable : t.users.resetTotp}
        danger busy={act.busy} {...(act.error ? { error: act.error } : {})} onClose={() => setAsking(null)}
        onConfirm={() => void act.run({ UserName: asking?.user.UserName ?? "" }).catch(() => undefined)}
      />
      {link && <LinkDialog link={link} onClose={() => setLink(null)} />}
    </>
  );
}

function Edit({ user, onClose, onMade }: { user: User | null; onClose: () => void; onMade: (link: LoginLink) => void }) {
  const t = useTexts(texts);
  const toast = useToast();
  const [name, setName] = useState(user?.UserName ?? "");
  const [role, setRole] = useState<Role>(user && isRole(user.Role) ? user.Role : "operator");
  const [tags, setTags] = useState(user?.Tags ?? []);
  const known = useCall<{ List: { Name: string }[] }>("cwp", "DescribeTags", {});
  const refresh = ["ListUsers"];
  const create = useAct<unknown, object>("hostward", "CreateUser", { refresh });
  const link = useAct<LoginLink, object>("hostward", "CreateLoginLink");
  const setTheRole = useAct<unknown, object>("hostward", "SetUserRole", { refresh });
  const setTheTags = useAct<unknown, object>("hostward", "SetUserTags", { refresh });
  const error = create.error ?? setTheRole.error ?? setTheTags.error ?? link.error;
  const save = async () => {
    try {
      if (user === null) {
        await create.run({ UserName: name, Role: role, Tags: tags });
        onMade(await link.run({ UserName: name }));
      } else {
        if (role !== user.Role) await setTheRole.run({ UserName: user.UserName, Role: role });
        if (tags.join() !== user.Tags.join()) await setTheTags.run({ UserName: user.UserName, Tags: tags });
        toast(t.saved, "ok");
      }
      onClose();
    } catch {
      // The dialog shows what was refused.
      return;
    }
  };
  const busy = create.busy || setTheRole.busy || setTheTags.busy || link.busy;
  const actions = (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={busy} disabled={name === ""} onClick={() => void save()}>{t.save}</Button>
    </>
  );
  return (
    <Dialog open title={user ? user.UserName : t.users.add} onClose={onClose} actions={actions}>
      <div className="hw-settings-form">
        {user === null && <Field label={t.users.name} required>{(id) => <TextInput id={id} value={name} onChange={setName} autoComplete="off" spellCheck={false} autoFocus />}</Field>}
        <RadioCards label={t.users.role} value={role} onChange={setRole} options={ROLES.map((one) => ({ value: one, title: t.users.roles[one], text: t.users.roleText[one] }))} />
        <Field label={t.users.tags} hint={t.users.tagsHint}>
          {(id, hint) => <TagInput id={id} {...(hint ? { describedBy: hint } : {})} hideLabel label={t.users.tags} value={tags} onChange={setTags} suggestions={(known.data?.List ?? []).map((one) => one.Name)} />}
        </Field>
        {error && <ErrorState error={error} />}
      </div>
    </Dialog>
  );
}

function LinkDialog({ link, onClose }: { link: LoginLink; onClose: () => void }) {
  const t = useTexts(texts);
  return (
    <Dialog open title={t.users.linkTitle} onClose={onClose} actions={<Button kind="primary" onClick={onClose}>{t.close}</Button>}>
      <p>{t.users.linkWhy}<Time value={link.ExpireTime} /></p>
      <Code text={window.location.origin + link.Path} language="text" copy wrap />
    </Dialog>
  );
}
