/** The API Explorer: every action with its form, a real call, its signature, programs, texts, errors and examples. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { Service } from "@/lib/api";
import { CallError } from "@/lib/api";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useUrlState } from "@/lib/router";
import { ConfirmDialog, ErrorState, Loading, PageHeader, Tabs } from "@/ui";
import { ActionList } from "./ActionList";
import { CallTab } from "./CallTab";
import { CodeTab } from "./CodeTab";
import { DocsTab } from "./DocsTab";
import { ErrorsTab } from "./ErrorsTab";
import { HistoryTab } from "./HistoryTab";
import { isObject, NotJson, type Obj, parse } from "./logic/exact";
import { past, remember } from "./logic/history";
import type { ActionSchema, ServiceSchema } from "./logic/schema";
import { reported, validate } from "./logic/validate";
import { MockTab } from "./MockTab";
import { RequestForm } from "./RequestForm";
import { type Answer, deliver, keyWire, sessionWire } from "./send";
import { SignatureTab } from "./SignatureTab";
import { type Caller, type Common, type Scene, type Tab, TABS, useSchemas } from "./state";
import { texts } from "./texts";
import "./explorer.css";

/** service and parameters are what a link from another screen brings along; they go into the form and out of the address. */
const FIRST = { action: "", v: "", tab: "call", service: "", parameters: "" };
const FIRST_ACTION = "DescribeScanTaskDetails";
const SECOND_MS = 1_000;

export default function ExplorerScreen() {
  const t = useTexts(texts);
  const schemas = useSchemas();
  const [state, setState] = useUrlState(FIRST);
  const chosen = schemas.data && found(schemas.data, state);
  const { schema, action } = chosen ?? {};
  const service: Service = schema?.service ?? "cwp";
  const tab = TABS.find((one) => one === state.tab) ?? "call";
  const choose = (to: Service, name: string) => setState({ action: name, v: schemas.data?.[to].version ?? "", service: "", parameters: "" });
  const linked = state.parameters;
  useEffect(() => {
    if (!schema || !action || linked === "") return;
    const given = objectIn(linked);
    if (given) drafts.set(keyOf(schema.service, action.name), given);
    setState({ action: action.name, v: schema.version, service: "", parameters: "" });
  }, [schema, action, linked, setState]);
  return (
    <>
      <PageHeader title={t.title} titleText={action ? `${action.name} - ${t.title}` : t.title} />
      {schemas.loading && <Loading />}
      {schemas.error && <ErrorState error={schemas.error instanceof CallError ? schemas.error : new CallError("Network", t.noSchema, "GET /schema", "", 0)} onRetry={schemas.refetch} />}
      {schemas.data && schema && action && linked === "" && (
        <div className="ex">
          <ActionList schemas={schemas.data} service={service} action={action.name} onChoose={choose} />
          <Work key={`${service}.${action.name}`} schema={schema} action={action} tab={tab} onTab={(next) => setState({ tab: next })} onChoose={choose} />
        </div>
      )}
    </>
  );
}

type Schemas = Record<Service, ServiceSchema>;

/** The action that the address names; by its name alone when neither version nor service tell more. */
function found(schemas: Schemas, { action, v, service }: { action: string; v: string; service: string }) {
  const all = [schemas.cwp, schemas.hostward];
  const named = all.filter((one) => one.version === v || one.service === service);
  for (const schema of named.length > 0 ? named : all) {
    const match = schema.actions.find((one) => one.name === action);
    if (match) return { schema, action: match };
  }
  const schema = named[0] ?? schemas.cwp;
  const first = schema.actions.find((one) => one.name === FIRST_ACTION) ?? schema.actions[0];
  return first ? { schema, action: first } : undefined;
}

function objectIn(text: string): Obj | null {
  try {
    const value = parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof NotJson) return null;
    throw error;
  }
}

/** What was filled in for each action, as long as the page is there. */
const drafts = new Map<string, Obj>();
const keyOf = (service: Service, name: string) => `${service}.${name}`;

/** Keys stay while another action is chosen, and go with the page. */
let heldCaller: Caller = { kind: "session", secretId: "", secretKey: "" };
let heldCommon: Common = { region: "", language: "", token: "", endpoint: "" };

interface WorkProps {
  schema: ServiceSchema;
  action: ActionSchema;
  tab: Tab;
  onTab: (tab: Tab) => void;
  onChoose: (service: Service, name: string) => void;
}

function Work({ schema, action, tab, onTab, onChoose }: WorkProps) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const [parameters, setParameters] = useState<Obj>(() => drafts.get(keyOf(schema.service, action.name)) ?? {});
  const [caller, setTheCaller] = useState(heldCaller);
  const [common, setTheCommon] = useState(heldCommon);
  const [answer, setAnswer] = useState<Answer>();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [tried, setTried] = useState(false);
  const [anyway, setAnyway] = useState(false);
  const [sent, setSent] = useState<number[]>([]);
  const [history, setHistory] = useState(() => past(localStorage));
  const form = useRef<HTMLDivElement>(null);
  const result = useRef<HTMLElement>(null);
  const mistakes = useMemo(() => validate(action.request, schema.structures, parameters), [action, schema, parameters]);
  const shownMistakes = useMemo(() => mistakes.filter((one) => tried || one.kind !== "missing"), [mistakes, tried]);
  const wireLanguage = common.language || (language === "zh" ? "zh-CN" : "en-US");
  useEffect(() => {
    heldCaller = caller;
    heldCommon = common;
  }, [caller, common]);
  useEffect(() => void drafts.set(keyOf(schema.service, action.name), parameters), [schema, action, parameters]);
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      form.current?.querySelector("form")?.requestSubmit(form.current.querySelector<HTMLButtonElement>('button[type="submit"]'));
    };
    window.addEventListener("keydown", keys);
    return () => window.removeEventListener("keydown", keys);
  }, []);

  const perform = async () => {
    setAsking(false);
    setBusy(true);
    const target = { service: schema.service, version: schema.version, action: action.name };
    const now = Date.now();
    setSent((before) => [...before.filter((at) => now - at < SECOND_MS), now]);
    const wire = caller.kind === "session"
      ? sessionWire(target, parameters, common, wireLanguage)
      : await keyWire(target, parameters, common, wireLanguage, caller, Math.floor(now / 1000));
    const got = await deliver(wire);
    setAnswer(got);
    setBusy(false);
    onTab("call");
    result.current?.scrollIntoView({ block: "nearest" });
    const one = { at: got.at, service: schema.service, action: action.name, parameters: "", status: got.status, code: got.code, ms: got.ms, caller: got.caller, requestId: got.requestId };
    setHistory(remember(localStorage, one, parameters));
  };
  const send = () => {
    if (busy) return;
    const first = anyway ? undefined : reported(mistakes);
    setTried(true);
    if (first) focusOn(form.current, first.path);
    else if (action.changes) setAsking(true);
    else void perform();
  };
  const scene: Scene = {
    schema, action, parameters, setParameters, mistakes, shownMistakes, anyway, setAnyway, common, caller, host: window.location.host, wireLanguage, answer, busy, sent, send, history,
    setCommon: (change) => setTheCommon((before) => ({ ...before, ...change })),
    setCaller: (change) => setTheCaller((before) => ({ ...before, ...change })),
  };
  const reopen = (service: Service, name: string, given: Obj) => {
    if (service === schema.service && name === action.name) setParameters(given);
    else {
      drafts.set(keyOf(service, name), given);
      onChoose(service, name);
    }
  };
  return (
    <>
      <div ref={form} className="ex-request">
        <RequestForm scene={scene} />
      </div>
      <section ref={result} className="ex-result" aria-label={t.tabsLabel}>
        <Tabs label={t.tabsLabel} value={tab} onChange={onTab} tabs={TABS.map((id) => ({ id, label: t.tabs[id] }))} />
        <div className="ex-tab">
          {tab === "call" && <CallTab scene={scene} />}
          {tab === "signature" && <SignatureTab scene={scene} />}
          {tab === "code" && <CodeTab scene={scene} />}
          {tab === "docs" && <DocsTab scene={scene} />}
          {tab === "errors" && <ErrorsTab scene={scene} />}
          {tab === "mock" && <MockTab scene={scene} />}
          {tab === "history" && <HistoryTab history={history} onChange={setHistory} onOpen={reopen} />}
        </div>
      </section>
      <ConfirmDialog open={asking} title={t.askTitle(action.name)} body={t.askBody} verb={t.askVerb} danger onClose={() => setAsking(false)} onConfirm={() => void perform()} />
    </>
  );
}

/** The control of a parameter, or of the nearest one around it. */
function focusOn(form: HTMLElement | null, path: string): void {
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    const place = form?.querySelector(`[data-path="${CSS.escape(at)}"]`);
    const control = place?.querySelector<HTMLElement>("input, select, textarea, button");
    if (control) return control.focus();
  }
  form?.querySelector<HTMLElement>("textarea")?.focus();
}
