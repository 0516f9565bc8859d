import { useState } from "react";
import { Button, Copy, Drawer, ErrorState, Field, KeyValue, Loading, StatusTag, Tag, TextInput, Time, useToast } from "@/ui";
import { moduleTexts } from "@/app/texts";
import { count } from "@/lib/format";
import { useLanguage, useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { Link } from "@/lib/router";
import { useCan } from "@/lib/session";
import { type Machine, type MachineRestarts, MODULES } from "@/lib/wire";
import { texts } from "./texts";

/** One machine: what it is, what was found, and what may be done. */
export function MachineDrawer({ quuid, onTag, onClose, onChange }: {
  quuid: string; onTag: (machine: Machine) => void; onClose: () => void; onChange: () => void;
}) {
  const asked = useCall<{ Machines: Machine[] }>("hostward", "ListMachines", { Quuids: [quuid], Limit: 1 });
  const t = useTexts(texts);
  const can = useCan();
  const machine = asked.data?.Machines[0];
  const actions = machine && (
    <>
      {can("scan:start") && <Button kind="primary" icon="play" to={`/scan/new?quuid=${encodeURIComponent(quuid)}`}>{t.scan}</Button>}
      {can("machine:tag") && <Button icon="tag" onClick={() => onTag(machine)}>{t.editTags}</Button>}
    </>
  );
  return (
    <Drawer open title={machine?.HostName || machine?.HostIp || quuid} onClose={onClose} actions={actions}>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && !machine && <p>{t.emptyFilter}</p>}
      {machine && <Facts machine={machine} />}
      {machine && <Restarts quuid={quuid} />}
      {machine && can("machine:write") && <Remark machine={machine} onChange={onChange} />}
    </Drawer>
  );
}

function Facts({ machine }: { machine: Machine }) {
  const t = useTexts(texts);
  const names = useTexts(moduleTexts);
  const [language] = useLanguage();
  return (
    <div className="hw-machines-facts">
      <section>
        <h3>{t.facts}</h3>
        <KeyValue
          items={[
            { key: t.columns.status, value: <StatusTag state={machine.Status} /> },
            { key: t.columns.seen, value: machine.LastSeenTime ? <Time value={machine.LastSeenTime} /> : "-" },
            { key: t.columns.ip, value: [machine.HostIp, machine.WanIp].filter(Boolean).join(", ") || "-" },
            { key: t.columns.os, value: machine.OsName || "-" },
            { key: t.columns.kernel, value: machine.Kernel || "-" },
            { key: t.columns.agent, value: <>{machine.AgentVersion || "-"} {machine.AgentTooOld && <Tag tone="warn" icon="alert">{t.tooOld}</Tag>}</> },
            { key: t.columns.tags, value: machine.Tags.length > 0 ? <span className="hw-machines-tags">{machine.Tags.map((tag) => <Tag key={tag}>{tag}</Tag>)}</span> : "-" },
            { key: "Quuid", value: <span className="hw-mono">{machine.Quuid} <Copy text={machine.Quuid} /></span> },
            { key: "Uuid", value: <span className="hw-mono">{machine.Uuid} <Copy text={machine.Uuid} /></span> },
          ]}
        />
      </section>
      <section>
        <h3>{t.results}</h3>
        <KeyValue
          items={MODULES.map((module) => {
            const scan = machine.Scans.find((one) => one.Module === module);
            return {
              key: names[module],
              value: scan ? <>{module === "Vul" && scan.Risks > 0 ? <Link className="hw-machines-risky" to={`/vulns?machine=${encodeURIComponent(machine.Quuid)}`}>{count(scan.Risks, language)}</Link> : <strong className={scan.Risks > 0 ? "hw-machines-risky" : ""}>{count(scan.Risks, language)}</strong>} {t.of} · <Time value={scan.EndTime} /></> : <span className="hw-muted">{t.neverJudged}</span>,
            };
          })}
        />
      </section>
    </div>
  );
}

const RESTARTS_SHOWN = 20;

/** What runs old files since an update: nothing else says that a fixed hole is still open. */
function Restarts({ quuid }: { quuid: string }) {
  const asked = useCall<MachineRestarts>("hostward", "ListMachineRestarts", { Quuid: quuid });
  const t = useTexts(texts);
  const [language] = useLanguage();
  const found = asked.data?.Restarts ?? [];
  return (
    <section className="hw-machines-restarts">
      <h3>{t.restarts}</h3>
      {asked.error && <ErrorState error={asked.error} onRetry={asked.refetch} />}
      {asked.loading && <Loading />}
      {asked.data && found.length === 0 && <p className="hw-muted">{asked.data.Known ? t.noRestarts : t.restartsUnknown}</p>}
      {found.length > 0 && (
        <>
          <p className="hw-muted">{t.restartsHint}</p>
          <ul>
            {found.slice(0, RESTARTS_SHOWN).map((one) => (
              <li key={`${one.Unit} ${one.Package} ${one.Path}`}>
                {one.Unit ? <strong className="hw-mono">{one.Unit}</strong> : <Tag tone="warn" icon="refresh">{t.reboot}</Tag>}
                <span>{[one.Package, one.Path, one.Processes > 0 ? t.oldProcesses(count(one.Processes, language), one.Processes === 1) : ""].filter(Boolean).join(" · ")}</span>
                {!one.Unit && <span className="hw-muted">{one.Reason}</span>}
              </li>
            ))}
          </ul>
          {found.length > RESTARTS_SHOWN && <p className="hw-muted">{t.moreRestarts(count(found.length - RESTARTS_SHOWN, language))}</p>}
        </>
      )}
    </section>
  );
}

function Remark({ machine, onChange }: { machine: Machine; onChange: () => void }) {
  const t = useTexts(texts);
  const toast = useToast();
  const [remark, setRemark] = useState(machine.Remark);
  const act = useAct<unknown, object>("cwp", "ModifyMachineRemark", {
    refresh: ["ListMachines"],
    done: () => {
      toast(t.saved, "ok");
      onChange();
    },
  });
  return (
    <form
      className="hw-machines-remark"
      onSubmit={(event) => {
        event.preventDefault();
        void act.run({ Quuid: machine.Quuid, Remark: remark }).catch(() => undefined);
      }}
    >
      <Field label={t.remark} {...(act.error ? { error: act.error.message } : {})}>
        {(id, hint) => <TextInput id={id} {...(hint ? { describedBy: hint } : {})} value={remark} onChange={setRemark} />}
      </Field>
      <Button type="submit" busy={act.busy} disabled={remark === machine.Remark}>{t.save}</Button>
    </form>
  );
}
