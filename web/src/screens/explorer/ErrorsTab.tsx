/** Every code that the action may send, with its cause and what to do; many can be provoked by a harmless request. */
import { useMemo, useState } from "react";
import { useLanguage, useTexts } from "@/lib/i18n";
import { Button, Tag } from "@/ui";
import type { ErrorSchema } from "./logic/schema";
import { type Trial, trials } from "./provoke";
import { type Answer, deliver } from "./send";
import { said, type Scene } from "./state";
import { texts } from "./texts";

export function ErrorsTab({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const { action, schema } = scene;
  const own = new Set(action.errors);
  const ways = useMemo(() => trials(scene), [scene]);
  const mine = schema.errors.filter((one) => own.has(one.code));
  return (
    <div className="ex-stack">
      <p className="ex-hint">{t.provokeHint}</p>
      <dl className="ex-docs">{mine.filter((one) => one.sent).map((one) => <OneCode key={one.code} error={one} trial={ways.get(one.code)} />)}</dl>
      <details className="ex-common">
        <summary>{t.neverSent}</summary>
        <p className="ex-codes">{mine.filter((one) => !one.sent).map((one) => <code key={one.code}>{one.code}</code>)}</p>
      </details>
    </div>
  );
}

function OneCode({ error, trial }: { error: ErrorSchema; trial: Trial | undefined }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const [busy, setBusy] = useState(false);
  const [got, setGot] = useState<Answer>();
  const run = async () => {
    if (!trial) return;
    setBusy(true);
    const wire = await trial.make();
    const answers = await Promise.all(Array.from({ length: trial.times }, () => deliver(wire)));
    setGot(answers.find((one) => one.code === error.code) ?? answers[0]);
    setBusy(false);
  };
  return (
    <div>
      <dt className="ex-tags">
        <Tag tone="bad">{error.code}</Tag>
        {trial && <Button size="small" kind="quiet" icon="play" busy={busy} aria-label={`${t.tryIt} ${error.code}`} onClick={() => void run()}>{t.tryIt}</Button>}
      </dt>
      <dd>
        <p>{said(error.cause, language)}</p>
        <p className="ex-hint">{t.remedy}: {said(error.remedy, language)}</p>
        <div role="status">
          {got && (
            <p className="ex-got">
              <Tag tone={got.code === error.code ? "ok" : "warn"} icon={got.code === error.code ? "checkCircle" : "info"}>{got.code ? got.code : t.wasAnswered}</Tag>{" "}
              {got.message || (got.status === 0 ? t.noAnswer : "")}
            </p>
          )}
        </div>
      </dd>
    </div>
  );
}
