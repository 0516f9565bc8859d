import { type FormEvent, useState } from "react";
import { Button, Card, Code, Copy, Dialog, ErrorState, Field, Loading, Table, Tag, TextInput, Time, useToast, type Column } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { askConsole, hold, type Session, SessionError, useCan, useSession, whoIsSignedIn } from "@/lib/session";
import type { ConsoleSession } from "@/lib/wire";
import { texts } from "./texts";

const LEAST = 12;

/** Runs a request of /console/ and keeps what was refused. */
function useAsk(): { busy: boolean; said: string; ask: (work: () => Promise<void>) => Promise<void> } {
  const [state, setState] = useState({ busy: false, said: "" });
  const ask = async (work: () => Promise<void>) => {
    setState({ busy: true, said: "" });
    try {
      await work();
      setState({ busy: false, said: "" });
    } catch (error) {
      setState({ busy: false, said: error instanceof SessionError ? error.message : String(error) });
    }
  };
  return { ...state, ask };
}

export function Me() {
  const can = useCan();
  const { user } = useSession();
  return (
    <div className="hw-settings-columns">
      <Password />
      <SecondFactor />
      <div className="hw-settings-wide">
        <Sessions userName={can("user:read") ? "" : user} />
      </div>
    </div>
  );
}

function Password() {
  const t = useTexts(texts);
  const toast = useToast();
  const { user } = useSession();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [repeat, setRepeat] = useState("");
  const { busy, said, ask } = useAsk();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void ask(async () => {
      hold(await askConsole<Session>("PUT", "/console/password", { current, password: next }));
      setCurrent("");
      setNext("");
      setRepeat("");
      toast(t.me.changed, "ok");
    });
  };
  const differ = repeat !== "" && repeat !== next;
  return (
    <Card title={t.me.password}>
      <form className="hw-settings-form" onSubmit={submit}>
        <input type="text" name="username" autoComplete="username" value={user} readOnly hidden />
        <Field label={t.me.current} {...(said ? { error: said } : {})}>
          {(id, hint) => <TextInput id={id} {...(hint ? { describedBy: hint } : {})} type="password" value={current} onChange={setCurrent} autoComplete="current-password" required />}
        </Field>
        <Field label={t.me.next} hint={t.me.hint}>
          {(id, hint) => <TextInput id={id} {...(hint ? { describedBy: hint } : {})} type="password" value={next} onChange={setNext} autoComplete="new-password" minLength={LEAST} required />}
        </Field>
        <Field label={t.me.repeat} {...(differ ? { error: t.me.differ } : {})}>
          {(id, hint) => <TextInput id={id} {...(hint ? { describedBy: hint } : {})} type="password" value={repeat} onChange={setRepeat} autoComplete="new-password" required />}
        </Field>
        <div><Button type="submit" busy={busy} disabled={next.length < LEAST || next !== repeat}>{t.me.change}</Button></div>
      </form>
    </Card>
  );
}

function SecondFactor() {
  const t = useTexts(texts);
  const { totp } = useSession();
  const [made, setMade] = useState<{ secret: string; uri: string } | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const [code, setCode] = useState("");
  const [password, setPassword] = useState("");
  const { busy, said, ask } = useAsk();
  const begin = () => void ask(async () => setMade(await askConsole("POST", "/console/totp")));
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    void ask(async () => {
      const answer = await askConsole<{ recovery_codes: string[] }>("PUT", "/console/totp", { code: code.trim() });
      setCodes(answer.recovery_codes);
      setMade(null);
      setCode("");
    });
  };
  const end = (event: FormEvent) => {
    event.preventDefault();
    void ask(async () => {
      await askConsole("DELETE", "/console/totp", { password });
      setPassword("");
      await whoIsSignedIn();
    });
  };
  const kept = () => {
    setCodes([]);
    void whoIsSignedIn();
  };
  return (
    <Card title={t.me.totp}>
      <p>{totp ? t.me.totpOn : t.me.totpOff}</p>
      {said && <p className="hw-settings-error" role="alert">{said}</p>}
      {!totp && !made && <Button busy={busy} onClick={begin}>{t.me.turnOn}</Button>}
      {made && (
        <form className="hw-settings-form" onSubmit={confirm}>
          <p>{t.me.secret}</p>
          <p className="hw-mono">{(made.secret.match(/.{1,4}/g) ?? []).join(" ")} <Copy text={made.secret} /></p>
          <p><a href={made.uri}>otpauth://</a></p>
          <Field label={t.me.code}>{(id) => <TextInput id={id} value={code} onChange={setCode} inputMode="numeric" autoComplete="one-time-code" autoFocus required mono />}</Field>
          <div><Button kind="primary" type="submit" busy={busy}>{t.me.confirm}</Button></div>
        </form>
      )}
      {totp && (
        <form className="hw-settings-form" onSubmit={end}>
          <Field label={t.me.current}>{(id) => <TextInput id={id} type="password" value={password} onChange={setPassword} autoComplete="current-password" required />}</Field>
          <div><Button kind="danger" type="submit" busy={busy}>{t.me.turnOff}</Button></div>
        </form>
      )}
      <Dialog open={codes.length > 0} title={t.me.recovery} onClose={kept} actions={<Button kind="primary" onClick={kept}>{t.me.done}</Button>}>
        <p>{t.me.recoveryWhy}</p>
        <Code text={codes.join("\n")} language="text" copy />
      </Dialog>
    </Card>
  );
}

function Sessions({ userName }: { userName: string }) {
  const t = useTexts(texts);
  const toast = useToast();
  const asked = useCall<{ Sessions: ConsoleSession[] }>("hostward", "ListSessions", { ...(userName ? { UserName: userName } : {}), Limit: 100 });
  const end = useAct<unknown, object>("hostward", "EndSession", { refresh: ["ListSessions"] });
  const columns: Column<ConsoleSession>[] = [
    { id: "user", title: t.me.columns.user, width: 140, card: "title", render: (one) => <>{one.UserName} {one.Current && <Tag tone="accent">{t.me.thisOne}</Tag>}</> },
    { id: "agent", title: t.me.columns.agent, render: (one) => one.UserAgent || "-" },
    { id: "source", title: t.me.columns.source, width: 130, render: (one) => one.Source || "-" },
    { id: "created", title: t.me.columns.created, width: 120, render: (one) => <Time value={one.CreatedTime} /> },
    { id: "used", title: t.me.columns.used, width: 120, render: (one) => <Time value={one.LastUsedTime} /> },
    {
      id: "end", title: "", width: 90, align: "right",
      render: (one) => !one.Current && (
        <Button size="small" onClick={() => void end.run({ SessionId: one.SessionId }).catch((error: Error) => toast(error.message, "bad"))}>{t.me.end}</Button>
      ),
    },
  ];
  return (
    <Card title={userName ? t.me.sessions : t.me.allSessions} pad={false}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && <Table label={t.me.sessions} columns={columns} rows={asked.data.Sessions} rowKey={(one) => one.SessionId} empty={t.none} />}
    </Card>
  );
}
