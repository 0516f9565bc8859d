/** An answer that this action could give, without calling it. */
import { useMemo, useState } from "react";
import { useTexts } from "@/lib/i18n";
import { Button, Copy, Field, JsonView, NumberInput, Switch } from "@/ui";
import { answered, mock } from "./logic/mock";
import type { Scene } from "./state";
import { texts } from "./texts";

export function MockTab({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [seed, setSeed] = useState(0);
  const [made, setMade] = useState(false);
  const one = useMemo(() => mock(scene.action, scene.schema.structures, seed, made), [scene.action, scene.schema, seed, made]);
  const examples = answered(scene.action).length;
  return (
    <div className="ex-stack">
      <div className="ex-form-bar">
        <Field label={t.seed}>{(id, by) => <NumberInput id={id} describedBy={by} min={0} max={999_999} step={1} value={seed} onChange={(next) => setSeed(Math.max(0, Math.trunc(next ?? 0)))} />}</Field>
        <Button size="small" icon="refresh" onClick={() => setSeed(seed + 1)}>{t.another}</Button>
        {examples > 0 && <Switch label={t.fromSchema} checked={made} onChange={setMade} />}
        <Copy text={JSON.stringify(one.answer, null, 2)} label={t.copy} />
      </div>
      <p className="ex-hint" role="status">{one.example ? t.fromExample(one.example) : t.made}</p>
      <JsonView value={one.answer} label={t.tabs.mock} open={4} />
    </div>
  );
}
