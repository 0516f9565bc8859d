/** Signing in: by password and second factor, or by a one-time link after which a password is chosen. */
import { type FormEvent, type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button, Code, Field, Icon, TextInput } from "@/ui";
import { useLanguage, useTexts } from "@/lib/i18n";
import { navigate, useRoute } from "@/lib/router";
import { askConsole, held, hold, onSession, type Session, SessionError } from "@/lib/session";
import { texts } from "./texts";
import "./login.css";

const RESET = "hostward user link admin";
const TOKEN = /^#t=([A-Za-z0-9_-]{16,128})$/;
const LEAST = 12;

/** Where to go once signed in: the page that was asked for, never another site. */
function onward(path: string): void {
  const next = new URLSearchParams(window.location.search).get("next") ?? "";
  if (path === "/login") navigate(/^\/(?![/\\])/.test(next) ? next : "/", { replace: true });
}

export default function Login() {
  const session = useSyncExternalStore(onSession, held);
  const { path } = useRoute();
  const [token, setToken] = useState(() => TOKEN.exec(window.location.hash)?.[1] ?? "");
  useEffect(() => {
    // The link's token is no part of the history: whoever comes after can't read it there.
    if (window.location.hash) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }, []);
  useEffect(() => {
    if (session && !session.must_set_password && !token) onward(path);
  }, [session, path, token]);
  if (token) return <ByLink token={token} onDone={() => setToken("")} />;
  if (session?.must_set_password) return <ChoosePassword session={session} onDone={() => onward(path)} />;
  return <ByPassword />;
}

function Page({ title, children, foot }: { title: string; children: ReactNode; foot?: ReactNode }) {
  const [language, setLanguage] = useLanguage();
  useEffect(() => {
    document.title = `${title} - Hostward`;
  }, [title]);
  return (
    <main className="hw-login">
      <div className="hw-login-card">
        <p className="hw-login-name"><Icon name="shieldCheck" /> Hostward</p>
        <h1>{title}</h1>
        {children}
      </div>
      {foot && <div className="hw-login-foot">{foot}</div>}
      <Button kind="quiet" size="small" icon="globe" lang={language === "en" ? "zh-CN" : "en"} onClick={() => setLanguage(language === "en" ? "zh" : "en")}>
        {language === "en" ? "中文" : "English"}
      </Button>
    </main>
  );
}

/** What a refusal says here; the seconds until the next try count down. */
function useRefusal(): [string, (error: unknown) => void, number] {
  const t = useTexts(texts);
  const [said, setSaid] = useState("");
  const [wait, setWait] = useState(0);
  useEffect(() => {
    if (wait <= 0) return undefined;
    const timer = setTimeout(() => setWait(wait - 1), 1000);
    return () => clearTimeout(timer);
  }, [wait]);
  const tell = (error: unknown) => {
    setWait(0);
    if (error === null) setSaid("");
    else if (!(error instanceof SessionError)) setSaid(String(error));
    else if (error.code === "WrongCredentials") setSaid(t.wrong);
    else if (error.code === "Network") setSaid(t.network);
    else {
      setWait(Math.ceil(error.retryAfter));
      setSaid(error.message);
    }
  };
  return [wait > 0 ? t.tooMany(wait) : said, tell, wait];
}

function Refusal({ words }: { words: string }) {
  return <p className="hw-login-error" role="alert">{words && <><Icon name="alert" /> {words}</>}</p>;
}

function ByPassword() {
  const t = useTexts(texts);
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [second, setSecond] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, tell, wait] = useRefusal();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    setBusy(true);
    tell(null);
    try {
      const sent = second ? { user, password, code: code.trim() } : { user, password };
      hold(await askConsole<Session>("POST", "/console/session", sent));
    } catch (error) {
      if (error instanceof SessionError && error.code === "CodeNeeded") setSecond(true);
      else tell(error);
    } finally {
      setBusy(false);
    }
  };
  const foot = <>{t.noPassword}<Code text={RESET} language="shell" copy /></>;
  return (
    <Page title={second ? t.codeTitle : t.title} foot={second ? undefined : foot}>
      <form onSubmit={(event) => void submit(event)}>
        {second ? (
          <Field label={t.code} hint={t.codeHint}>
            {(id, hint) => <TextInput id={id} describedBy={hint} value={code} onChange={setCode} autoComplete="one-time-code" autoFocus required mono />}
          </Field>
        ) : (
          <>
            <Field label={t.user}>
              {(id) => <TextInput id={id} value={user} onChange={setUser} autoComplete="username" autoCapitalize="none" spellCheck={false} autoFocus required />}
            </Field>
            <Field label={t.password}>
              {(id) => <Password id={id} value={password} onChange={setPassword} autoComplete="current-password" />}
            </Field>
          </>
        )}
        <Refusal words={said} />
        <Button kind="primary" type="submit" busy={busy} disabled={wait > 0}>{t.signIn}</Button>
        {second && (
          <Button
            kind="quiet"
            type="button"
            onClick={() => {
              setSecond(false);
              setCode("");
              tell(null);
            }}
          >
            {t.back}
          </Button>
        )}
      </form>
    </Page>
  );
}

function ByLink({ token, onDone }: { token: string; onDone: () => void }) {
  const t = useTexts(texts);
  const [over, setOver] = useState(false);
  const [second, setSecond] = useState(false);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [said, tell, wait] = useRefusal();
  const sent = useRef(false);
  const send = async (given: string) => {
    setBusy(true);
    tell(null);
    try {
      hold(await askConsole<Session>("POST", "/console/session/link", given ? { token, code: given } : { token }));
      onDone();
    } catch (error) {
      if (error instanceof SessionError && error.code === "LinkOver") setOver(true);
      else if (error instanceof SessionError && error.code === "CodeNeeded") setSecond(true);
      else tell(error);
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    // A link works once: never sent twice by itself, not even where effects run twice.
    if (sent.current) return;
    sent.current = true;
    void send("");
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && wait <= 0) void send(code.trim());
  };
  if (second && !over) {
    return (
      <Page title={t.codeTitle}>
        <form onSubmit={submit}>
          <Field label={t.code} hint={t.codeHint}>
            {(id, hint) => <TextInput id={id} describedBy={hint} value={code} onChange={setCode} autoComplete="one-time-code" autoFocus required mono />}
          </Field>
          <Refusal words={said} />
          <Button kind="primary" type="submit" busy={busy} disabled={wait > 0}>{t.signIn}</Button>
        </form>
      </Page>
    );
  }
  return (
    <Page title={t.title} foot={over ? <>{t.linkOver}<Code text={RESET} language="shell" copy /></> : undefined}>
      <p role="status">{over || said ? "" : t.linkWorking}</p>
      <Refusal words={said} />
      {(over || said) && <Button onClick={onDone}>{t.back}</Button>}
    </Page>
  );
}

function ChoosePassword({ session, onDone }: { session: Session; onDone: () => void }) {
  const t = useTexts(texts);
  const [password, setPassword] = useState("");
  const [repeat, setRepeat] = useState("");
  const [busy, setBusy] = useState(false);
  const [said, tell] = useRefusal();
  const differ = repeat !== "" && repeat !== password;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (password !== repeat || busy) return;
    setBusy(true);
    tell(null);
    try {
      hold(await askConsole<Session>("PUT", "/console/password", { current: "", password }));
      onDone();
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page title={t.choose}>
      <p className="hw-login-why">{t.chooseWhy(session.user)}</p>
      <form onSubmit={(event) => void submit(event)}>
        <input type="text" name="username" autoComplete="username" value={session.user} readOnly hidden />
        <Field label={t.newPassword} hint={t.passwordHint}>
          {(id, hint) => <Password id={id} describedBy={hint} value={password} onChange={setPassword} autoComplete="new-password" minLength={LEAST} autoFocus />}
        </Field>
        <Field label={t.repeat} {...(differ ? { error: t.differ } : {})}>
          {(id, hint) => <Password id={id} describedBy={hint} value={repeat} onChange={setRepeat} autoComplete="new-password" />}
        </Field>
        <Refusal words={said} />
        <Button kind="primary" type="submit" busy={busy} disabled={password.length < LEAST || password !== repeat}>{t.save}</Button>
      </form>
    </Page>
  );
}

interface PasswordProps {
  id: string;
  value: string;
  onChange: (value: string) => void;
  autoComplete: string;
  describedBy?: string | undefined;
  minLength?: number;
  autoFocus?: boolean;
}

function Password({ describedBy, ...props }: PasswordProps) {
  const t = useTexts(texts);
  const [shown, setShown] = useState(false);
  return (
    <span className="hw-login-password">
      <TextInput {...props} {...(describedBy ? { describedBy } : {})} type={shown ? "text" : "password"} required spellCheck={false} autoCapitalize="none" />
      <Button kind="quiet" size="small" type="button" aria-pressed={shown} onClick={() => setShown(!shown)}>{shown ? t.hide : t.show}</Button>
    </span>
  );
}
