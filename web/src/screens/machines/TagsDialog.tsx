import { useState } from "react";
import { Button, Dialog, Field, TagInput, useToast } from "@/ui";
import { useTexts } from "@/lib/i18n";
import { useAct, useCall } from "@/lib/query";
import type { Machine } from "@/lib/wire";
import { texts } from "./texts";

/** Tags that the machines have in common are shown; what is added or taken away is so on all of them. */
export function TagsDialog({ machines, onClose, onDone }: { machines: Machine[]; onClose: () => void; onDone: () => void }) {
  const t = useTexts(texts);
  const toast = useToast();
  const [first] = machines;
  const common = (first?.Tags ?? []).filter((tag) => machines.every((one) => one.Tags.includes(tag)));
  const [tags, setTags] = useState(common);
  const known = useCall<{ List: { Name: string }[] }>("cwp", "DescribeTags", {});
  const act = useAct<unknown, object>("hostward", "SetMachineTags", {
    refresh: ["ListMachines", "DescribeTags"],
    done: () => {
      toast(t.saved, "ok");
      onDone();
    },
  });
  const save = () =>
    void act
      .run({
        QuuidList: machines.map((one) => one.Quuid),
        AddTags: tags.filter((tag) => !common.includes(tag)),
        RemoveTags: common.filter((tag) => !tags.includes(tag)),
      })
      .catch(() => undefined);
  const actions = (
    <>
      <Button onClick={onClose}>{t.cancel}</Button>
      <Button kind="primary" busy={act.busy} onClick={save}>{t.save}</Button>
    </>
  );
  return (
    <Dialog open title={t.tagsOf(machines.length)} onClose={onClose} actions={actions}>
      <Field label={t.tags} hint={t.tagsHint} {...(act.error ? { error: act.error.message } : {})}>
        {(id, hint) => (
          <TagInput id={id} {...(hint ? { describedBy: hint } : {})} hideLabel label={t.tags} value={tags} onChange={setTags} suggestions={(known.data?.List ?? []).map(({ Name }) => Name)} placeholder="env=prod" />
        )}
      </Field>
    </Dialog>
  );
}
