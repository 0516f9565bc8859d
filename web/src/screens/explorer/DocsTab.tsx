/** What the action takes and answers, in the words of the schema. */
import { useLanguage, useTexts } from "@/lib/i18n";
import { Tag } from "@/ui";
import { limitsOf } from "./editors";
import type { SchemaField, Structures } from "./logic/schema";
import { said, type Scene } from "./state";
import { texts } from "./texts";

const DEEPEST = 6;

export function DocsTab({ scene }: { scene: Scene }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const { action, schema } = scene;
  return (
    <div className="ex-stack">
      <p>{said(action.documentation, language)}</p>
      <p className="ex-hint">{t.permission} <code>{action.permission}</code> · {t.roles} {action.roles.join(", ")}</p>
      <h3>{t.parameters}</h3>
      <Fields fields={action.request} structures={schema.structures} depth={0} />
      <h3>{t.answerMembers}</h3>
      <Fields fields={action.response} structures={schema.structures} depth={0} />
    </div>
  );
}

function Fields({ fields, structures, depth }: { fields: SchemaField[]; structures: Structures; depth: number }) {
  const t = useTexts(texts);
  if (fields.length === 0) return <p className="ex-hint">{t.noMembers}</p>;
  return <dl className="ex-docs">{fields.map((field) => <OneField key={field.name} field={field} structures={structures} depth={depth} />)}</dl>;
}

function OneField({ field, structures, depth }: { field: SchemaField; structures: Structures; depth: number }) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const inside = field.structure && depth < DEEPEST ? structures[field.structure] : undefined;
  const kind = field.type === "array" ? `${t.kinds.array}: ${field.structure || t.kinds[field.item || "string"]}` : field.structure || t.kinds[field.type];
  return (
    <div>
      <dt><code>{field.name}</code> <small>{kind}</small> {field.required && <Tag tone="accent">{t.required}</Tag>}</dt>
      <dd>
        <p>{said(field.documentation, language)}</p>
        <p className="ex-hint">{t.limits(limitsOf(field))}</p>
        {field.choices && <ul className="ex-bullets">{field.choices.map((one) => <li key={String(one.value)}><code>{String(one.value)}</code> {said(one.documentation, language)}</li>)}</ul>}
        {field.filters && <ul className="ex-bullets">{field.filters.map((one) => <li key={one.name}><code>{one.name}</code> {said(one.documentation, language)}</li>)}</ul>}
        {inside && (
          <details className="ex-common">
            <summary>{field.structure}</summary>
            <Fields fields={inside} structures={structures} depth={depth + 1} />
          </details>
        )}
      </dd>
    </div>
  );
}
