/** Every component in its states: for eyes, and for the tests that look at them. */
import { useMemo, useState, type ReactNode } from "react";
import { CallError } from "@/lib/api";
import type { Pages } from "@/lib/query";
import * as Ui from "./index";
import type { Column, MenuItem, Selection } from "./index";
import { ICONS, type IconName } from "./icons";
import { LOOKS } from "./states";
import "./gallery.css";

interface Host { id: number; name: string; ip: string; os: string; state: string; risks: number; level: 1 | 2 | 3 | 4; begin: string }
const STATES = ["Ok", "OkWithRisks", "Scanning", "Waiting", "Offline", "Timeout", "Failed", "TooOld"];
const SYSTEMS = ["Debian 12", "Ubuntu 24.04", "Rocky Linux 9", "Alpine 3.20", "openEuler 24.03"];
const hostOf = (id: number): Host => ({
  id, name: `${["web", "db", "cache", "job"][id % 4]}-${String(id).padStart(6, "0")}.prod.example`, ip: `10.${(id >> 16) & 255}.${(id >> 8) & 255}.${id & 255}`,
  os: SYSTEMS[id % 5] ?? "", state: STATES[(id * 7) % 8] ?? "", risks: (id * 37) % 113, level: ((id % 4) + 1) as Host["level"], begin: `2026-11-24 02:${String(id % 60).padStart(2, "0")}:19`,
});
const ERROR = new CallError("InternalError", "The database did not answer within 5 s. Try again; the server's log has more.", "ListMachines", "0f3c8a52-6a0b-4f0e-9d1c-5f2b6b0d8e11", 500);
const COLUMNS: Column<Host>[] = [
  { id: "name", title: "Host", sortable: true, card: "title", render: (row) => row.name },
  { id: "ip", title: "IP address", width: 120, render: (row) => <span className="hw-mono">{row.ip}</span> },
  { id: "os", title: "System", width: 150, render: (row) => row.os },
  { id: "state", title: "State", width: 150, render: (row) => <Ui.StatusTag state={row.state} /> },
  { id: "level", title: "Highest risk", width: 120, render: (row) => <Ui.Severity level={row.level} /> },
  { id: "risks", title: "Risks", width: 80, align: "right", sortable: true, render: (row) => row.risks },
  { id: "begin", title: "Began", width: 140, render: (row) => <Ui.Time value={row.begin} /> },
  { id: "number", title: "Number", width: 90, align: "right", hidden: true, card: "none", render: (row) => row.id },
];

function pagesOf(total: number, change: Partial<Pages<Host>> = {}): Pages<Host> {
  return { total, row: (i) => (i < total ? hostOf(i) : undefined), want: () => {}, loading: false, asOf: new Date(2026, 10, 24, 2, 20), refetch: () => {}, patch: () => {}, ...change };
}

const menuOf = (say: (text: string) => void): MenuItem[] => [
  { label: "Open", icon: "external", to: "/__states/ui", hint: "Enter" },
  { label: "Rerun scan", icon: "refresh", onSelect: () => say("Rerun") },
  { label: "Not for you", icon: "lock", disabled: true },
  { label: "Remove host", icon: "trash", danger: true, onSelect: () => say("Removed") },
];

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <section className="hw-gallery-part"><h2>{title}</h2>{children}</section>;
}

function Grids() {
  const say = Ui.useToast();
  const [selection, setSelection] = useState<Selection>({ keys: new Set(), all: false });
  const [sort, setSort] = useState({ by: "name", descending: false });
  const many = useMemo(() => pagesOf(100_000), []);
  const shared = { columns: COLUMNS, rowKey: (row: Host) => String(row.id), storageKey: "gallery", visibleRows: 6 };
  const empty = <Ui.EmptyState icon="server" title="No host yet." command="hostward machine enroll --ttl 24h" action={<Ui.Button kind="primary">Enrol this host</Ui.Button>} />;
  return (
    <>
      <Part title="DataGrid, 100,000 rows">
        <Ui.DataGrid {...shared} visibleRows={14} label="Hosts" pages={many} empty={empty} selection={{ ...selection, onChange: setSelection }} sort={sort}
          onSort={(by, descending) => setSort({ by, descending })} onOpen={(row) => say(`Open ${row.name}`)} menu={() => menuOf(say)} bulk={<Ui.Button size="small" icon="play">Scan</Ui.Button>} />
      </Part>
      <Part title="DataGrid, loading"><Ui.DataGrid {...shared} label="Hosts being loaded" pages={pagesOf(0, { loading: true, asOf: undefined })} empty={empty} /></Part>
      <Part title="DataGrid, pages on their way"><Ui.DataGrid {...shared} label="Hosts in part" pages={pagesOf(400, { row: (i) => (i < 3 ? hostOf(i) : undefined) })} empty={empty} /></Part>
      <Part title="DataGrid, error over kept rows"><Ui.DataGrid {...shared} label="Hosts of before" pages={pagesOf(3, { error: ERROR })} empty={empty} /></Part>
      <Part title="DataGrid, empty"><Ui.DataGrid {...shared} label="No hosts" pages={pagesOf(0)} empty={empty} /></Part>
      <Part title="Table"><Ui.Table label="A few hosts" columns={COLUMNS} rows={[0, 1, 2].map(hostOf)} rowKey={(row) => String(row.id)} empty={empty} onOpen={(row) => say(row.name)} /></Part>
    </>
  );
}

function Filters() {
  const [text, setText] = useState("");
  const [one, setOne] = useState("all");
  const [some, setSome] = useState<string[]>(["Failed"]);
  const [day, setDay] = useState("30");
  return (
    <Part title="Filter bar">
      <Ui.FilterBar actions={<><Ui.Menu label="Export" icon="download" items={[{ label: "CSV" }, { label: "JSON" }, { label: "XLSX" }]} /><Ui.Button kind="primary" icon="plus">New scan</Ui.Button></>}>
        <Ui.SearchField label="Search hosts" placeholder="Host name or IP" value={text} onChange={setText} />
        <Ui.Select label="Module" value={one} options={[{ value: "all", label: "All" }, { value: "Vul", label: "Vulnerabilities" }]} onChange={setOne} />
        <Ui.MultiSelect label="State" value={some} options={STATES.map((value, i) => ({ value, label: value, count: i * 312 }))} onChange={setSome} />
        <Ui.MultiSelect label="Period" value={day ? [day] : []} options={[{ value: "7", label: "7 days" }, { value: "30", label: "30 days" }]} onChange={(v) => setDay(v.at(-1) ?? "")} />
      </Ui.FilterBar>
    </Part>
  );
}

function Fields() {
  const [text, setText] = useState("nightly");
  const [number, setNumber] = useState<number | null>(3600);
  const [on, setOn] = useState(true);
  const [card, setCard] = useState("quick");
  const [zone, setZone] = useState("Asia/Shanghai");
  const [tags, setTags] = useState(["prod", "web"]);
  return (
    <Part title="Fields">
      <div className="hw-gallery-columns">
        <Ui.Field label="Name" required hint="Shown in the list of schedules.">{(id, by) => <Ui.TextInput id={id} describedBy={by} value={text} onChange={setText} />}</Ui.Field>
        <Ui.Field label="Paths" error="“/tmp/*” is no absolute path; write it without the star.">{(id, by) => <Ui.TextArea id={id} describedBy={by} invalid mono value="/tmp/*" onChange={() => {}} />}</Ui.Field>
        <Ui.Field label="Timeout" hint="Between 60 s and 24 h.">{(id, by) => <Ui.NumberInput id={id} describedBy={by} min={60} unit="s" value={number} onChange={setNumber} />}</Ui.Field>
        <Ui.Field label="Role">{(id, by) => <Ui.Select id={id} describedBy={by} hideLabel label="Role" value="auditor" options={[{ value: "auditor", label: "Auditor" }, { value: "operator", label: "Operator" }]} onChange={() => {}} />}</Ui.Field>
        <Ui.Combobox label="Time zone" value={zone} options={["Asia/Shanghai", "Europe/Berlin", "UTC"].map((z) => ({ value: z, label: z }))} onChange={setZone} />
        <Ui.TagInput label="Tags" value={tags} suggestions={["db", "cache"]} onChange={setTags} />
        <div>
          <Ui.Checkbox label="Scan memory too" checked={on} onChange={setOn} hint="Takes about twice as long." />
          <Ui.Checkbox label="Some of them" indeterminate checked={false} onChange={() => {}} />
          <Ui.Checkbox label="Not available" disabled checked={false} onChange={() => {}} />
        </div>
        <div className="hw-gallery-row"><Ui.Switch label="Enabled" checked={on} onChange={setOn} /><Ui.Switch label="Off" checked={false} onChange={() => {}} /><Ui.Switch label="Locked" disabled checked onChange={() => {}} /></div>
      </div>
      <Ui.RadioCards label="Pattern" value={card} onChange={setCard} options={[
        { value: "quick", title: "Quick", text: "Common places of malware, about 4 minutes.", icon: "gauge" },
        { value: "full", title: "Whole disk", text: "Every file. Choose a window of 4 hours or more.", icon: "server" },
        { value: "paths", title: "Only some paths", text: "Not with this agent.", icon: "folder", disabled: true },
      ]} />
    </Part>
  );
}

function Overlays() {
  const say = Ui.useToast();
  const [shown, setShown] = useState("");
  const close = () => setShown("");
  const objects = Array.from({ length: 12 }, (_, i) => hostOf(i).name);
  return (
    <Part title="Buttons and overlays">
      <div className="hw-gallery-row">
        <Ui.Button kind="primary" icon="play">Scan now</Ui.Button><Ui.Button icon="download">Export</Ui.Button><Ui.Button kind="quiet">Cancel</Ui.Button><Ui.Button kind="danger" icon="stop">Stop all</Ui.Button>
        <Ui.Button kind="primary" busy>Saving</Ui.Button><Ui.Button disabled>Disabled</Ui.Button><Ui.Button to="/__states/ui">Link</Ui.Button><Ui.Button size="small" icon="refresh">Small</Ui.Button>
        <Ui.IconButton icon="settings" label="Settings" /><Ui.Menu label="More" iconOnly items={menuOf(say)} /><Ui.Menu label="Actions" items={menuOf(say)} /><Ui.ApiButton />
      </div>
      <div className="hw-gallery-row">
        <Ui.Button onClick={() => setShown("dialog")}>Dialog</Ui.Button><Ui.Button onClick={() => setShown("drawer")}>Drawer</Ui.Button>
        <Ui.Button onClick={() => setShown("confirm")}>Confirm 12</Ui.Button><Ui.Button onClick={() => setShown("many")}>Confirm 1,200</Ui.Button>
        <Ui.Button onClick={() => say("Scan started on 961 machines.", "ok", { label: "Open", run: close })}>Toast</Ui.Button>
        <Ui.Button onClick={() => say("The server refused: 20 requests a second are the limit.", "bad")}>Bad toast</Ui.Button>
        <Ui.Tooltip text="Agents older than 0.4 can’t do this."><Ui.Button>Tooltip</Ui.Button></Ui.Tooltip>
      </div>
      <Ui.Dialog open={shown === "dialog"} title="Rename schedule" onClose={close} actions={<><Ui.Button onClick={close}>Cancel</Ui.Button><Ui.Button kind="primary" onClick={close}>Save</Ui.Button></>}>
        <Ui.Field label="Name">{(id) => <Ui.TextInput id={id} value="nightly" onChange={() => {}} />}</Ui.Field>
      </Ui.Dialog>
      <Ui.Drawer open={shown === "drawer"} title={hostOf(8).name} onClose={close} actions={<Ui.Button kind="primary" onClick={close}>Rerun</Ui.Button>}>
        <Ui.KeyValue items={[{ key: "IP address", value: "10.0.0.8" }, { key: "State", value: <Ui.StatusTag state="Failed" /> }, { key: "Last seen", value: <Ui.Time value="2026-11-24 02:13:21" /> }]} />
        <Ui.Menu label="In a drawer" items={menuOf(say)} />
      </Ui.Drawer>
      <Ui.ConfirmDialog open={shown === "confirm"} title="Stop this scan?" danger verb="Stop 12 machines" body="Results that are already there are kept." objects={objects} onConfirm={close} onClose={close} />
      <Ui.ConfirmDialog open={shown === "many"} title="Quarantine these files?" danger verb="Quarantine" count={1200} body="The processes that use them are ended." objects={objects} error={ERROR} onConfirm={close} onClose={close} />
    </Part>
  );
}

function Values() {
  return (
    <Part title="Values">
      <div className="hw-gallery-row">{Object.keys(LOOKS).map((state) => <Ui.StatusTag key={state} state={state} />)}<Ui.StatusTag state="Something new" /></div>
      <div className="hw-gallery-row">{([4, 3, 2, 1, 0] as const).map((level) => <Ui.Severity key={level} level={level} />)}{([4, 3, 2, 1, 0] as const).map((level) => <Ui.Severity key={level} level={level} short />)}</div>
      <div className="hw-gallery-row">
        <Ui.Tag>neutral</Ui.Tag><Ui.Tag tone="accent" icon="tag">accent</Ui.Tag><Ui.Tag tone="info">info</Ui.Tag><Ui.Kbd keys="Ctrl+K" /><Ui.Kbd keys="g o" /><Ui.Time value="2026-11-24 02:13:21" /><Ui.Time value="" /><Ui.Duration seconds={252} />
        <Ui.LiveDot at={new Date()} stale={false} /><Ui.LiveDot at={new Date(Date.now() - 12_000)} stale /><Ui.Hex value="0f3c8a52-6a0b-4f0e-9d1c-5f2b6b0d8e11" /><Ui.Copy text="abc" label="Copy link" />
      </div>
      <div className="hw-gallery-row">
        <Ui.Ring percent={64.4} label="Scan of 1,000 machines" /><Ui.Ring percent={100} tone="ok" size={40} label="Done scan" /><Ui.Ring percent={30} size={20} label="Small" />
        <div className="hw-gallery-wide"><Ui.Progress percent={64} label="Progress" showValue /><Ui.Progress percent={12} tone="bad" label="Failed part" /></div>
        <Ui.Sparkline label="Risks of the last 30 days" values={[3, 4, 4, 6, 9, 7, 6, 11, 8, 5, 5, 4]} /><Ui.Sparkline label="Nothing happened" values={[0, 0, 0]} />
      </div>
      <Ui.StackedBar label="Machines" segments={[
        { id: "ok", label: "OK", count: 601, tone: "ok", to: "?a=ok" }, { id: "risk", label: "OK with risks", count: 120, tone: "warn", to: "?a=risk" }, { id: "scanning", label: "Scanning", count: 48, tone: "accent", to: "?a=s" },
        { id: "wait", label: "Waiting", count: 192, tone: "neutral", to: "?a=w" }, { id: "fail", label: "Failed", count: 39, tone: "bad", to: "?a=f" }, { id: "old", label: "Agent too old", count: 0, tone: "info", to: "?a=o" },
      ]} />
      <div className="hw-gallery-row hw-gallery-icons">{(Object.keys(ICONS) as IconName[]).map((name) => <Ui.Icon key={name} name={name} label={name} />)}</div>
    </Part>
  );
}

const SAMPLES = {
  python: 'from tencentcloud.common import credential  # the SDK\n\n@cached\ndef scan(host: str, level=3) -> dict:\n    """One scan."""\n    return {"Host": f"{host}", "Level": level, "Done": None}',
  shell: 'export HOSTWARD_URL="https://127.0.0.1:8443"\ncurl -sS "$HOSTWARD_URL" -H \'X-TC-Action: ScanVul\' --data @request.json # signed',
  json: '{\n  "Response": { "ScanProgress": 64, "Done": false, "RequestId": "0f3c8a52" }\n}',
  go: 'func main() {\n\tresult, err := client.Scan(ctx, "Vul", 81) // one task\n\tif err != nil { return }\n}',
  http: 'POST / HTTP/1.1\nHost: 127.0.0.1:8443\nX-TC-Action: DescribeScanState\n\n{"ModuleType": "Vul"}',
} as const;

function Codes() {
  const value = {
    TaskId: 81, Name: "nightly <b>scan</b>", Stopping: false, Options: { Levels: [3, 4], Paths: [] }, Machines: Array.from({ length: 240 }, (_, i) => hostOf(i)), Log: "x".repeat(1200), Nothing: null,
  };
  return (
    <Part title="Code and JSON">
      <div className="hw-gallery-columns">
        {(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[]).map((language) => <Ui.Code key={language} language={language} text={SAMPLES[language]} copy label={`${language} sample`} wrap={language === "shell"} />)}
        <Ui.JsonView value={value} open={1} />
      </div>
    </Part>
  );
}

function Layout() {
  const [tab, setTab] = useState<"machines" | "risks" | "log">("machines");
  return (
    <Part title="Cards, numbers, tabs, states">
      <Ui.StatRow>
        <Ui.Stat label="Machines" value="1,000" hint="31 offline" to="?a=1" /><Ui.Stat label="At risk" value="369" tone="warn" to="?a=2" /><Ui.Stat label="Critical" value="14" tone="bad" hint="3 with a fix" to="?a=3" /><Ui.Stat label="Passed" value="82.4 %" tone="ok" />
      </Ui.StatRow>
      <Ui.Tabs label="Parts of the task" value={tab} onChange={setTab} tabs={[{ id: "machines", label: "Machines", count: 1000 }, { id: "risks", label: "Risks", count: 412 }, { id: "log", label: "Log" }]} />
      <div className="hw-gallery-columns">
        <Ui.Card title="Feeds" actions={<Ui.Button size="small" icon="refresh">Update</Ui.Button>}><Ui.KeyValue items={[{ key: "Vulnerabilities", value: "2 h old, 41,302 records" }, { key: "YARA", value: <Ui.StatusTag state="Stale" /> }]} /></Ui.Card>
        <Ui.Card title="First steps"><Ui.Steps steps={[{ title: "Enrol this host", state: "done" }, { title: "Copy the command", state: "now", children: <Ui.Code language="shell" text="hostward scan" copy /> }, { title: "See what was found" }]} /></Ui.Card>
        <Ui.Card title="Loading"><Ui.Loading /></Ui.Card>
        <Ui.Card title="Denied"><Ui.Denied permission="finding:write" /></Ui.Card>
      </div>
      <Ui.ErrorState error={ERROR} onRetry={() => {}} asOf={new Date(2026, 10, 24, 2, 20)} />
    </Part>
  );
}

export default function Gallery() {
  return (
    <div className="hw-gallery">
      <Ui.PageHeader title="Components" crumbs={[{ label: "Console", to: "/" }, { label: "States", to: "/__states/ui" }]} badges={<Ui.StatusTag state="Scanning" />} sub="Every part of the console in its states." actions={<><Ui.Button icon="stop">Stop all</Ui.Button><Ui.Button kind="primary" icon="play">Scan now</Ui.Button></>} />
      <Layout /><Overlays /><Filters /><Fields /><Values /><Grids /><Codes />
    </div>
  );
}
