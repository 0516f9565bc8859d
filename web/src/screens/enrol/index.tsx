import { useRef, useState } from "react";
import {
  ApiButton, Button, Card, Checkbox, Code, ErrorState, Field, Loading, NumberInput, PageHeader, StatusTag, Table, Tag, TextInput, Time, useToast, type Column,
} from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { useCan } from "@/lib/session";
import type { Machine } from "@/lib/wire";
import { texts } from "./texts";
import "./enrol.css";

const LOOK_MS = 2_000;
const SHOWN = 10;
const HOUR = 3_600;
const FILL = "hostward agent wheels";

interface Made {
  Command: string;
  ExpireTime: string;
  Missing: string[];
}

interface Waiting {
  WaitingId: string;
  HostName: string;
  HostIp: string;
  OsName: string;
  AgentVersion: string;
  TokenId: string;
  Tags: string[];
  SinceTime: string;
}

interface Token {
  TokenId: string;
  Status: string;
  Uses: number;
  UsesLeft: number;
  Tags: string[];
  CreatedBy: string;
  ExpireTime: string;
}

/** Machines come in: a line is made, machines wait and arrive while one looks. */
export default function Enrol() {
  const t = useTexts(texts);
  const can = useCan();
  const [made, setMade] = useState<Made | null>(null);
  return (
    <>
      <PageHeader title={t.title} actions={<ApiButton />} />
      <div className="hw-enrol">
        <p>{t.intro}</p>
        {can("enrolment:write") && <Offer onMade={setMade} />}
        {made && <Line made={made} />}
        <WaitingMachines />
        <Arrivals />
        <Tokens />
      </div>
    </>
  );
}

function Offer({ onMade }: { onMade: (made: Made) => void }) {
  const t = useTexts(texts);
  const [uses, setUses] = useState<number | null>(1);
  const [hours, setHours] = useState<number | null>(24);
  const [tags, setTags] = useState("");
  const [server, setServer] = useState("");
  const [approve, setApprove] = useState(false);
  const [image, setImage] = useState(false);
  const act = useAct<Made, object>("hostward", "CreateEnrolmentToken", { refresh: ["ListEnrolmentTokens"], done: onMade });
  const make = () => {
    const parameters = {
      Uses: uses ?? 1, LifeSeconds: (hours ?? 24) * HOUR, Tags: tags.split(/[,\s]+/).filter(Boolean), Approve: approve, Image: image, Server: server.trim(),
    };
    void act.run(parameters).catch(() => undefined);
  };
  return (
    <Card title={t.form} actions={<Button kind="primary" icon="plus" busy={act.busy} onClick={make}>{t.make}</Button>}>
      <div className="hw-enrol-form">
        <Field label={t.uses}>{(id) => <NumberInput id={id} min={1} max={1_000_000} value={uses} onChange={setUses} />}</Field>
        <Field label={t.hours}>{(id) => <NumberInput id={id} min={1} max={87_600} unit={t.hoursUnit} value={hours} onChange={setHours} />}</Field>
        <Field label={t.tags} hint={t.tagsHint} {...(act.error ? { error: act.error.message } : {})}>
          {(id, describedBy) => <TextInput id={id} describedBy={describedBy} placeholder="env=prod" value={tags} onChange={setTags} />}
        </Field>
        <Field label={t.server} hint={t.serverHint}>
          {(id, describedBy) => <TextInput id={id} describedBy={describedBy} placeholder={location.host} value={server} onChange={setServer} />}
        </Field>
        <Checkbox className="hw-enrol-wide" label={t.approve} checked={approve} onChange={setApprove} />
        <Checkbox className="hw-enrol-wide" label={t.image} checked={image} onChange={setImage} />
      </div>
    </Card>
  );
}

function Line({ made }: { made: Made }) {
  const t = useTexts(texts);
  return (
    <Card title={t.command}>
      {made.Missing.length > 0 && (
        <>
          <p role="alert">{t.missing(made.Missing.join(", "))}</p>
          <Code text={FILL} language="shell" copy />
        </>
      )}
      <Code text={made.Command} language="shell" copy wrap label={t.command} />
      <p className="hw-muted">{t.commandHint} {t.until} <Time value={made.ExpireTime} />.</p>
    </Card>
  );
}

function WaitingMachines() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const asked = useCall<{ Machines: Waiting[] }>("hostward", "ListWaitingMachines", {}, { refetchMs: LOOK_MS, keep: true });
  const refresh = ["ListWaitingMachines", "ListMachines"];
  const failed = (error: Error) => toast(error.message, "bad");
  const approve = useAct<unknown, object>("hostward", "ApproveMachine", { refresh });
  const reject = useAct<unknown, object>("hostward", "RejectMachine", { refresh });
  const columns: Column<Waiting>[] = [
    { id: "host", title: t.columns.host, card: "title", render: (one) => one.HostName || one.HostIp },
    { id: "ip", title: t.columns.ip, width: 140, render: (one) => one.HostIp || "-" },
    { id: "os", title: t.columns.os, width: 200, render: (one) => one.OsName || "-" },
    { id: "since", title: t.columns.since, width: 120, render: (one) => <Time value={one.SinceTime} /> },
    { id: "token", title: t.columns.token, width: 150, render: (one) => <span className="hw-mono">{one.TokenId}</span> },
    {
      id: "act", title: "", width: 190, align: "right",
      render: (one) => can("enrolment:write") && (
        <span className="hw-enrol-buttons">
          <Button size="small" kind="primary" onClick={() => void approve.run({ WaitingId: one.WaitingId }).catch(failed)}>{t.approveOne}</Button>
          <Button size="small" onClick={() => void reject.run({ WaitingId: one.WaitingId }).catch(failed)}>{t.rejectOne}</Button>
        </span>
      ),
    },
  ];
  return (
    <Card title={t.waiting} pad={!asked.data?.Machines.length}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && <Table label={t.waiting} columns={columns} rows={asked.data.Machines} rowKey={(one) => one.WaitingId} empty={t.noneWaiting} />}
    </Card>
  );
}

function Arrivals() {
  const t = useTexts(texts);
  const parameters = { Descending: true, Limit: SHOWN };
  const asked = useCall<{ Machines: (Machine & { QuarantinedTime: string })[] }>("hostward", "ListMachines", parameters, { refetchMs: LOOK_MS, keep: true });
  const before = useRef<Set<string> | null>(null);
  if (before.current === null && asked.data) before.current = new Set(asked.data.Machines.map((one) => one.Quuid));
  const fresh = freshOf(asked.data?.Machines ?? [], before.current);
  const isFresh = (one: Machine) => fresh.includes(one);
  const columns: Column<Machine & { QuarantinedTime: string }>[] = [
    { id: "host", title: t.columns.host, card: "title", render: (one) => <>{one.HostName || one.HostIp} {isFresh(one) && <Tag tone="ok" icon="checkCircle">{t.fresh}</Tag>}</> },
    { id: "status", title: t.columns.status, width: 130, render: (one) => one.QuarantinedTime ? <Tag tone="bad" icon="alert">{t.quarantined}</Tag> : <StatusTag state={one.Status} /> },
    { id: "ip", title: t.columns.ip, width: 140, render: (one) => one.HostIp || "-" },
    { id: "os", title: t.columns.os, width: 200, render: (one) => one.OsName || "-" },
    { id: "agent", title: t.columns.agent, width: 90, render: (one) => one.AgentVersion || "-" },
    { id: "seen", title: t.columns.seen, width: 120, render: (one) => one.LastSeenTime ? <Time value={one.LastSeenTime} /> : "-" },
    { id: "tags", title: t.columns.tags, width: 180, render: (one) => one.Tags.length === 0 ? "-" : <span className="hw-enrol-tags">{one.Tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</span> },
  ];
  return (
    <Card title={t.arrived} pad={!asked.data?.Machines.length}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && <Table label={t.arrived} columns={columns} rows={asked.data.Machines} rowKey={(one) => one.Quuid} empty={t.noneArrived} />}
      <p className="hw-sr" role="status">{fresh.map((one) => t.hasArrived(one.HostName || one.HostIp)).join(" ")}</p>
    </Card>
  );
}

/** Those above the first that was there before: when one is removed, an older one comes into view and is not new. */
function freshOf(machines: Machine[], before: ReadonlySet<string> | null): Machine[] {
  if (before === null) return [];
  const known = machines.findIndex((one) => before.has(one.Quuid));
  return known < 0 && before.size > 0 ? [] : machines.slice(0, known < 0 ? machines.length : known);
}

function Tokens() {
  const t = useTexts(texts);
  const can = useCan();
  const toast = useToast();
  const asked = useCall<{ Tokens: Token[] }>("hostward", "ListEnrolmentTokens", {}, { refetchMs: LOOK_MS, keep: true });
  const revoke = useAct<unknown, object>("hostward", "RevokeEnrolmentToken", { refresh: ["ListEnrolmentTokens"] });
  const failed = (error: Error) => toast(error.message, "bad");
  const columns: Column<Token>[] = [
    { id: "token", title: t.columns.token, card: "title", render: (one) => <span className="hw-mono">{one.TokenId}</span> },
    { id: "status", title: t.columns.status, width: 110, render: (one) => <Tag tone={one.Status === "open" ? "ok" : "neutral"}>{t.states[one.Status] ?? one.Status}</Tag> },
    { id: "left", title: t.columns.left, width: 100, render: (one) => `${one.UsesLeft} / ${one.Uses}` },
    { id: "until", title: t.columns.until, width: 120, render: (one) => <Time value={one.ExpireTime} /> },
    { id: "by", title: t.columns.by, width: 140, render: (one) => one.CreatedBy },
    { id: "tags", title: t.columns.tags, width: 180, render: (one) => one.Tags.length === 0 ? "-" : <span className="hw-enrol-tags">{one.Tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</span> },
    {
      id: "act", title: "", width: 100, align: "right",
      render: (one) => can("enrolment:write") && one.Status === "open" && (
        <Button size="small" onClick={() => void revoke.run({ TokenId: one.TokenId }).catch(failed)}>{t.revoke}</Button>
      ),
    },
  ];
  return (
    <Card title={t.tokens} pad={!asked.data?.Tokens.length}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.data && <Table label={t.tokens} columns={columns} rows={asked.data.Tokens} rowKey={(one) => one.TokenId} empty={t.noTokens} />}
    </Card>
  );
}
