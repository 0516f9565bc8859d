/** The request: what the action takes, who calls, and the button that sends it. */
import { useEffect, useState } from "react";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useCan } from "@/lib/session";
import { Button, Checkbox, Field, Kbd, RadioCards, Select, Switch, Tag, TextArea, TextInput } from "@/ui";
import { Members } from "./editors";
import { exact, isObject, NotJson, type Obj, parse, stringify } from "./logic/exact";
import { canSign } from "./logic/signature";
import { reported } from "./logic/validate";
import { said, type Scene } from "./state";
import { texts } from "./texts";

export function RequestForm({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [asJson, setAsJson] = useState(false);
  const [onlyRequired, setOnlyRequired] = useState(false);
  return (
    <form className="ex-form" onSubmit={(event) => { event.preventDefault(); scene.send(); }} aria-label={t.request} noValidate>
      <Head scene={scene} />
      <div className="ex-form-bar">
        <Examples scene={scene} />
        <Switch label={t.onlyRequired} checked={onlyRequired} onChange={setOnlyRequired} disabled={asJson} />
        <Switch label="JSON" checked={asJson} onChange={setAsJson} />
      </div>
      {asJson ? <JsonEditor scene={scene} /> : <Fields scene={scene} onlyRequired={onlyRequired} />}
      <CallerChoice scene={scene} />
      <CommonParameters scene={scene} />
      <SendBar scene={scene} />
    </form>
  );
}

function Head({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const can = useCan();
  const { action, schema } = scene;
  return (
    <div className="ex-head">
      <h2>{action.name}</h2>
      <p>{said(action.documentation, language)}</p>
      <div className="ex-tags">
        <Tag>{`${schema.service} ${schema.version}`}</Tag>
        <Tag tone="ok" icon="check">{t.served}</Tag>
        {action.changes && <Tag tone="warn" icon="edit">{t.changes}</Tag>}
        {action.permission && !can(action.permission) && <Tag tone="bad" icon="lock">{t.lacks(action.permission)}</Tag>}
      </div>
    </div>
  );
}

/** Requests of the golden examples, one click away. */
function Examples({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { examples } = scene.action;
  if (examples.length === 0) return null;
  const fill = (name: string) => {
    const value = exact(examples.find((one) => one.name === name)?.request);
    if (isObject(value)) scene.setParameters(value);
  };
  const label = (about: string, name: string) => (about.length > 60 ? `${about.slice(0, 57)}…` : about || name);
  return (
    <Select label={t.example} value="" onChange={fill}
      options={[{ value: "", label: t.chooseExample }, ...examples.map((one) => ({ value: one.name, label: label(one.about, one.name) }))]} />
  );
}

function Fields({ scene, onlyRequired }: { scene: Scene; onlyRequired: boolean }) {
  const t = useTexts(texts);
  const { action, parameters } = scene;
  const sorted = [...action.request].sort((one, other) => Number(other.required ?? false) - Number(one.required ?? false));
  const shown = sorted.filter((one) => !onlyRequired || one.required || parameters[one.name] !== undefined);
  const known = new Set(action.request.map((one) => one.name));
  const unknown = Object.keys(parameters).filter((name) => !known.has(name));
  const drop = (name: string) => scene.setParameters(Object.fromEntries(Object.entries(parameters).filter(([one]) => one !== name)));
  return (
    <div className="ex-fields">
      {action.request.length === 0 && <p className="ex-hint">{t.noParameters}</p>}
      <Members fields={shown} structures={scene.schema.structures} value={parameters} path="" mistakes={scene.shownMistakes} onChange={scene.setParameters} />
      {unknown.map((name) => (
        <p key={name} className="ex-error" data-path={name}>{name}: {t.mistake("unknown", [...known].join(", "))} <Button size="small" onClick={() => drop(name)}>{t.remove(name)}</Button></p>
      ))}
    </div>
  );
}

/** The same parameters as JSON. What is typed counts as soon as it is an object; until then the last object stays. */
function JsonEditor({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [text, setText] = useState(() => stringify(scene.parameters, 2));
  const [wrong, setWrong] = useState("");
  const shown = stringify(scene.parameters);
  useEffect(() => {
    // Filled in from elsewhere (an example, the past): the text follows. What is being typed is left as it is.
    setText((was) => (readObject(was) !== null && stringify(readObject(was) ?? {}) === shown ? was : stringify(scene.parameters, 2)));
    setWrong("");
  }, [shown, scene.parameters]);
  const change = (next: string) => {
    setText(next);
    try {
      const value = next.trim() === "" ? {} : parse(next);
      setWrong(isObject(value) ? "" : t.notObject);
      if (isObject(value)) scene.setParameters(value);
    } catch (error) {
      setWrong(error instanceof NotJson ? t.notJson(error.reason, error.line, error.column, error.member) : String(error));
    }
  };
  const mistake = reported(scene.mistakes);
  const error = wrong || (mistake ? `${mistake.path}: ${t.mistake(mistake.kind, mistake.accepted)}` : "");
  return (
    <Field label={t.parametersJson} error={error}>
      {(id, describedBy) => <TextArea id={id} describedBy={describedBy} mono rows={14} value={text} onChange={change} invalid={error !== ""} spellCheck={false} />}
    </Field>
  );
}

function readObject(text: string): Obj | null {
  try {
    const value = parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function CallerChoice({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { caller, setCaller } = scene;
  return (
    <div className="ex-stack">
      <RadioCards label={t.caller} value={caller.kind} onChange={(kind) => setCaller({ kind })}
        options={[{ value: "session", title: t.bySession, icon: "user" }, { value: "key", title: t.byKey, icon: "key", disabled: !canSign() }]} />
      {!canSign() && <p className="ex-hint">{t.noCrypto}</p>}
      {caller.kind === "key" && (
        <>
          <Field label="SecretId">
            {(id, by) => <TextInput id={id} describedBy={by} mono value={caller.secretId} onChange={(secretId) => setCaller({ secretId })} autoComplete="off" spellCheck={false} />}
          </Field>
          <Field label="SecretKey" hint={t.keyKept}>
            {(id, by) => <TextInput id={id} describedBy={by} type="password" value={caller.secretKey} onChange={(secretKey) => setCaller({ secretKey })} autoComplete="off" spellCheck={false} />}
          </Field>
        </>
      )}
    </div>
  );
}

function CommonParameters({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { common, setCommon } = scene;
  const plain = (name: "region" | "token" | "endpoint", label: string, hint: string, placeholder = "") => (
    <Field label={label} hint={hint}>
      {(id, by) => <TextInput id={id} describedBy={by} value={common[name]} placeholder={placeholder} onChange={(text) => setCommon({ [name]: text })} autoComplete="off" spellCheck={false} />}
    </Field>
  );
  return (
    <details className="ex-common">
      <summary>{t.common}</summary>
      {plain("region", "Region", t.regionHint)}
      <Select label="Language" value={common.language} onChange={(language) => setCommon({ language })}
        options={[{ value: "", label: t.consoleLanguage }, { value: "en-US", label: "en-US" }, { value: "zh-CN", label: "zh-CN" }]} />
      {plain("token", "Token", t.tokenHint)}
      {plain("endpoint", t.endpoint, t.endpointHint, window.location.origin)}
    </details>
  );
}

function SendBar({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { busy, caller, anyway, setAnyway } = scene;
  const keyMissing = caller.kind === "key" && !(caller.secretId.trim() && caller.secretKey.trim());
  const mistake = reported(scene.shownMistakes);
  return (
    <div className="ex-send">
      <div role="status">{mistake && <p className="ex-error">{t.wouldSay(mistake.code, mistake.path)}</p>}</div>
      {mistake && <Checkbox label={t.anyway} checked={anyway} onChange={setAnyway} />}
      {keyMissing && <p className="ex-error">{t.keyMissing}</p>}
      <div className="ex-send-line">
        <Button kind="primary" type="submit" icon="play" busy={busy} disabled={keyMissing}>{t.send}</Button>
        <Kbd keys="Ctrl Enter" />
      </div>
    </div>
  );
}
