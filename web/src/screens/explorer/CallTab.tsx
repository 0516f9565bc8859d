/** What came back: as a tree, as rows, as it came, and its headers. */
import { type CSSProperties, useEffect, useReducer, useState } from "react";
import { call } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { Button, Code, type Column, JsonView, KeyValue, Progress, Select, Table, Tabs, Tag, copyText, useToast } from "@/ui";
import { stringify } from "./logic/exact";
import type { Scene } from "./state";
import { texts } from "./texts";

const SECOND_MS = 1_000;
const COLUMN_PX = 150;
const VIEWS = ["pretty", "table", "raw", "headers"] as const;
type View = (typeof VIEWS)[number];
type Row = Record<string, unknown>;

export function CallTab({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { answer } = scene;
  const [view, setView] = useState<View>("pretty");
  const lists = listsOf(answer?.response);
  const views = VIEWS.filter((one) => one !== "table" || lists.length > 0);
  const shown = views.includes(view) ? view : "pretty";
  return (
    <div className="ex-stack">
      <Status scene={scene} />
      {answer === undefined ? <p className="ex-hint">{t.notCalled}</p> : (
        <>
          {answer.message && <p className="ex-error">{answer.message}</p>}
          <Tabs label={t.view} value={shown} onChange={setView} tabs={views.map((id) => ({ id, label: t.views[id] }))} />
          {shown === "pretty" && (answer.response ? <JsonView value={{ Response: answer.response }} label={t.pretty} open={4} /> : <p className="ex-hint">{t.noJson}</p>)}
          {shown === "table" && <Rows lists={lists} />}
          {shown === "raw" && <Code text={answer.text} language="json" copy wrap label={t.views.raw} />}
          {shown === "headers" && <KeyValue items={answer.headers.map(([name, value]) => ({ key: <code>{name}</code>, value: <code>{value}</code> }))} />}
        </>
      )}
    </div>
  );
}

/** How it went, how many calls this second still has, and the call as a command. */
function Status({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { answer, sent } = scene;
  const { rate } = useSession();
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setTimeout(draw, SECOND_MS);
    return () => clearTimeout(timer);
  }, [sent]);
  const recent = sent.filter((at) => Date.now() - at < SECOND_MS).length;
  return (
    <div className="ex-tags">
      <span role="status" className="ex-tags">
        {answer && (
          <>
            <Tag tone={answer.code ? "bad" : "ok"} icon={answer.code ? "xCircle" : "checkCircle"}>{answer.status > 0 ? `HTTP ${answer.status}` : t.noAnswer}</Tag>
            {answer.code && answer.status > 0 && <Tag tone="bad">{answer.code}</Tag>}
            <Tag>{`${Math.round(answer.ms)} ms`}</Tag>
            {answer.requestId && <span className="ex-id">RequestId <code>{answer.requestId}</code></span>}
          </>
        )}
      </span>
      <Progress className="ex-meter" percent={Math.min(100, (recent / rate) * 100)} label={t.rate(recent, rate)} tone={recent >= rate ? "bad" : "accent"} showValue={false} />
      <span className="ex-hint">{t.rate(recent, rate)}</span>
      <CopyCurl scene={scene} />
    </div>
  );
}

function CopyCurl({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const { Text } = await call<{ Text: string }>("hostward", "GenerateCode", {
        Service: scene.schema.service, ActionName: scene.action.name, ProgramLanguage: "curl", Parameters: stringify(scene.parameters),
        Endpoint: scene.common.endpoint.trim() || window.location.origin,
      });
      const done = await copyText(Text);
      toast(done ? t.copied : t.notCopied, done ? "ok" : "bad");
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return <Button size="small" kind="quiet" icon="copy" busy={busy} onClick={() => void run()}>{t.copyCurl}</Button>;
}

/** Members of the answer that are lists of structures. */
function listsOf(response: Record<string, unknown> | undefined): [string, Row[]][] {
  return Object.entries(response ?? {}).flatMap(([name, value]): [string, Row[]][] => {
    const rows = Array.isArray(value) ? value.filter((one): one is Row => typeof one === "object" && one !== null && !Array.isArray(one)) : [];
    return rows.length > 0 ? [[name, rows]] : [];
  });
}

function Rows({ lists }: { lists: [string, Row[]][] }) {
  const t = useTexts(texts);
  const [chosen, setChosen] = useState("");
  const [name, rows] = lists.find(([one]) => one === chosen) ?? lists[0] ?? ["", []];
  const members = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns: Column<[number, Row]>[] = members.map((member, at) => ({
    id: member, title: member, width: COLUMN_PX, card: at === 0 ? "title" : "line", align: typeof rows[0]?.[member] === "number" ? "right" : "left",
    render: ([, row]) => cell(row[member]),
  }));
  return (
    <>
      {lists.length > 1 && <Select label={t.list} value={name} onChange={setChosen} options={lists.map(([one, all]) => ({ value: one, label: `${one} [${all.length}]` }))} />}
      <div className="ex-rows" tabIndex={0} role="group" aria-label={name}>
        <div style={{ "--wide": `${members.length * COLUMN_PX}px` } as CSSProperties}>
          <Table label={name} columns={columns} rows={rows.map((row, at): [number, Row] => [at, row])} rowKey={([at]) => String(at)} empty={t.noMembers} />
        </div>
      </div>
    </>
  );
}

const cell = (value: unknown) => (typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? ""));
