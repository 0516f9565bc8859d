/** A new ignore rule: what is set aside, where, why and until when. */
import { useState } from "react";
import { Button, Dialog, ErrorState, Field, Select, TagInput, TextArea, TextInput, useToast } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import { MachinePicker, type Picked } from "./MachinePicker";
import { texts } from "./texts";
import "./ignoring.css";

const SCOPES = ["all", "chosen", "except", "tagged"] as const;
type Scope = (typeof SCOPES)[number];

/** Lists that a rule changes. */
export const CHANGED = ["ListIgnoreRules", "ListVexDocuments", "ListVulnerabilities", "ListVulnerableMachines", "ExplainFinding", "DescribeOverview"];

interface RuleFormProps {
  /** What is known of it from where it is made. */
  vulnerability?: string;
  machines?: Picked[];
  onClose: () => void;
  onMade?: () => void;
}

export function RuleForm({ vulnerability = "", machines = [], onClose, onMade }: RuleFormProps) {
  const t = useTexts(texts);
  const toast = useToast();
  const [key, setKey] = useState(vulnerability);
  const [scope, setScope] = useState<Scope>(machines.length > 0 ? "chosen" : "all");
  const [picked, setPicked] = useState(machines);
  const [tags, setTags] = useState<string[]>([]);
  const [packageName, setPackage] = useState("");
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState("");
  const known = useCall<{ List: { Name: string }[] }>("cwp", "DescribeTags", scope === "tagged" ? {} : null);
  const create = useAct<{ RuleId: number }, object>("hostward", "CreateIgnoreRule", { refresh: CHANGED });
  const named = scope === "chosen" || scope === "except";
  const missing = key.trim() === "" || (named && picked.length === 0) || (scope === "tagged" && tags.length === 0);
  const save = async () => {
    try {
      await create.run({
        Key: key.trim(), Scope: scope, QuuidList: named ? picked.map((one) => one.Quuid) : [], Tags: scope === "tagged" ? tags : [],
        PackageName: packageName, Remark: reason, ExpireTime: until,
      });
    } catch {
      // The dialog shows what was refused.
      return;
    }
    toast(t.saved, "ok");
    onMade?.();
    onClose();
  };
  const actions = (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={create.busy} disabled={missing} onClick={() => void save()}>{t.save}</Button>
    </>
  );
  return (
    <Dialog open title={t.add} onClose={onClose} actions={actions}>
      <div className="hw-ignoring">
        <Field label={t.key} required>{(id) => <TextInput id={id} value={key} onChange={setKey} placeholder="CVE-2024-3094" />}</Field>
        <Field label={t.where}>
          {(id) => <Select id={id} hideLabel label={t.where} value={scope} onChange={setScope} options={SCOPES.map((value) => ({ value, label: t.scopes[value] }))} />}
        </Field>
        {named && <MachinePicker label={t.scopes[scope]} value={picked} onChange={setPicked} />}
        {scope === "tagged" && (
          <Field label={t.tags} required>
            {(id, hint) => <TagInput id={id} {...(hint ? { describedBy: hint } : {})} hideLabel label={t.tags} value={tags} onChange={setTags} suggestions={(known.data?.List ?? []).map(({ Name }) => Name)} />}
          </Field>
        )}
        <Field label={t.package} hint={t.packageHint}>{(id, described) => <TextInput id={id} describedBy={described} value={packageName} onChange={setPackage} />}</Field>
        <Field label={t.why}>{(id) => <TextArea id={id} value={reason} onChange={setReason} {...(vulnerability ? { "data-first-focus": "" } : {})} />}</Field>
        <Field label={t.until} hint={t.untilHint}>{(id, described) => <TextInput id={id} describedBy={described} value={until} onChange={setUntil} placeholder="YYYY-MM-DD HH:MM:SS" />}</Field>
        {create.error && <ErrorState error={create.error} />}
      </div>
    </Dialog>
  );
}
