/** A request that was refused elsewhere: what is wrong with its signature. It is examined here and sent nowhere. */
import { useState } from "react";
import { useTexts } from "@/lib/i18n";
import { Button, Code, Field, Tag, TextArea, TextInput } from "@/ui";
import { type Diagnosis, diagnose } from "./logic/diagnosis";
import { diff, type DiffLine } from "./logic/diff";
import { readPasted, Unreadable } from "./logic/pasted";
import { texts } from "./texts";

/** Names that every server takes for its own, whatever name it is asked by. */
const PUBLIC_HOSTS = ["cwp.tencentcloudapi.com", "cwp.intl.tencentcloudapi.com", "hostward.tencentcloudapi.com", "hostward.intl.tencentcloudapi.com"];
const SERVICES = ["cwp", "hostward"];

export function PastedRequest() {
  const t = useTexts(texts);
  const [text, setText] = useState("");
  const [secret, setSecret] = useState("");
  const [found, setFound] = useState<Diagnosis>();
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const explain = async () => {
    setWrong("");
    setFound(undefined);
    setBusy(true);
    try {
      setFound(await diagnose(readPasted(text), secret, { services: SERVICES, aliases: PUBLIC_HOSTS, now: Math.floor(Date.now() / 1000) }));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      setWrong(t.unreadable[error.reason]);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="ex-stack ex-pasted">
      <h3>{t.paste}</h3>
      <Field label={t.pasteHint} error={wrong}>
        {(id, by) => <TextArea id={id} describedBy={by} mono rows={7} value={text} onChange={setText} invalid={wrong !== ""} spellCheck={false} />}
      </Field>
      <Field label={t.pasteSecret} hint={t.keyKept}>
        {(id, by) => <TextInput id={id} describedBy={by} type="password" value={secret} onChange={setSecret} autoComplete="off" spellCheck={false} />}
      </Field>
      <div><Button busy={busy} disabled={text.trim() === "" || secret === ""} onClick={() => void explain()}>{t.pasteRun}</Button></div>
      <div role="status">{found && <Found found={found} />}</div>
    </section>
  );
}

function Found({ found }: { found: Diagnosis }) {
  const t = useTexts(texts);
  const explained = found.causes.length > 0;
  const computed = found.ours !== "";
  return (
    <div className="ex-stack">
      {computed && <div><Tag tone={found.matches ? "ok" : "bad"} icon={found.matches ? "checkCircle" : "xCircle"}>{found.matches ? t.matches : t.differs}</Tag></div>}
      {found.problems.length > 0 && (
        <ul className="ex-bullets">{found.problems.map((one) => <li key={one.id}>{t.problems[one.id]} {one.detail && <code className="ex-break">{one.detail}</code>}</li>)}</ul>
      )}
      {computed && !found.matches && <p>{explained ? t.explained : t.unexplained}</p>}
      {explained && <ul className="ex-bullets">{found.causes.map((one) => <li key={one.id}><b>{t.causes[one.id]}</b> {one.detail && <code className="ex-break">{one.detail}</code>}</li>)}</ul>}
      {computed && <Compared found={found} />}
      {computed && !found.matches && (
        <>
          <h3>{t.rightOne}</h3>
          <Code text={found.right} language="text" copy wrap label={t.rightOne} />
        </>
      )}
    </div>
  );
}

/** What the server signs, and beside it what was signed where that is known. */
function Compared({ found }: { found: Diagnosis }) {
  const t = useTexts(texts);
  const name = found.version === "v3" ? t.step1 : t.v1Text;
  if (found.theirs === "" || found.theirs === found.ours) return <Code text={found.ours} language="text" copy wrap label={name} />;
  return (
    <>
      <p className="ex-hint">+ {t.ours}<br />- {t.theirs}</p>
      <pre className="ex-diff" tabIndex={0} role="group" aria-label={name}>
        {diff(found.ours, found.theirs).map((line, at) => <Line key={at} line={line} />)}
      </pre>
    </>
  );
}

const SIGNS = { same: "  ", ours: "+ ", theirs: "- " };

function Line({ line: { kind, text, part } }: { line: DiffLine }) {
  const [from, to] = part ?? [0, 0];
  return <span data-kind={kind}>{SIGNS[kind]}{text.slice(0, from)}{to > from && <mark>{text.slice(from, to)}</mark>}{text.slice(to)}{"\n"}</span>;
}
