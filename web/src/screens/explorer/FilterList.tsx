/** Filters by the names that the action knows, with the values that each name takes. */
import { useLanguage, useTexts } from "@/lib/i18n";
import { Button, Checkbox, IconButton, Select, TextInput } from "@/ui";
import { isObject, type Obj, type Value } from "./logic/exact";
import type { FilterName, SchemaField } from "./logic/schema";
import type { Mistake } from "./logic/validate";
import { said } from "./state";
import { texts } from "./texts";

interface Props {
  field: SchemaField;
  items: Value[];
  path: string;
  mistakes: Mistake[];
  onChange: (next: Value[]) => void;
}

export function FilterList({ field, items, path, mistakes, onChange }: Props) {
  const t = useTexts(texts);
  const known = field.filters ?? [];
  const fresh = known.find((one) => !items.some((item) => nameOf(item) === one.name)) ?? known[0];
  return (
    <div className="ex-filters">
      {items.map((item, at) => (
        <FilterRow
          key={at} known={known} item={isObject(item) ? item : {}} path={`${path}.${at}`} mistakes={mistakes} label={`${field.name}.${at}`}
          onChange={(next) => onChange(items.map((was, place) => (place === at ? next : was)))}
          onRemove={() => onChange(items.filter((_, place) => place !== at))}
        />
      ))}
      <Button size="small" icon="plus" disabled={items.length >= (field.mostItems ?? Number.POSITIVE_INFINITY)}
        onClick={() => onChange([...items, { Name: fresh?.name ?? "", Values: firstOf(fresh) }])}>{t.addFilter}</Button>
    </div>
  );
}

interface RowProps {
  known: FilterName[];
  item: Obj;
  path: string;
  label: string;
  mistakes: Mistake[];
  onChange: (next: Obj) => void;
  onRemove: () => void;
}

function FilterRow({ known, item, path, label, mistakes, onChange, onRemove }: RowProps) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const name = nameOf(item);
  const meant = known.find((one) => one.name.toLowerCase() === name.toLowerCase());
  const wrong = mistakes.filter((one) => one.path === path || one.path.startsWith(`${path}.`));
  const options = known.map((one) => ({ value: one.name, label: `${one.name} · ${said(one.documentation, language)}` }));
  const choose = (next: string) => onChange({ ...item, Name: next, Values: firstOf(known.find((one) => one.name === next)) });
  return (
    <div className="ex-filter">
      <Select label={`${label}.Name`} hideLabel value={meant?.name ?? name} onChange={choose}
        options={meant ? options : [{ value: name, label: name || "–" }, ...options]} />
      <IconButton icon="x" label={t.remove(label)} onClick={onRemove} />
      <FilterValues label={`${label}.Values`} meant={meant} values={Array.isArray(item.Values) ? item.Values : []} onChange={(next) => onChange({ ...item, Values: next })} />
      {meant && !meant.whole && (
        <Checkbox label={t.exactMatch} checked={item.ExactMatch === true}
          onChange={(on) => onChange(on ? { ...item, ExactMatch: true } : Object.fromEntries(Object.entries(item).filter(([one]) => one !== "ExactMatch")))} />
      )}
      {wrong.map((one) => <p key={one.path} className="ex-error">{one.path}: {t.mistake(one.kind, one.accepted)}</p>)}
    </div>
  );
}

interface ValuesProps {
  label: string;
  meant: FilterName | undefined;
  values: Value[];
  onChange: (next: Value[]) => void;
}

function FilterValues({ label, meant, values, onChange }: ValuesProps) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  if (meant?.choices?.length) {
    return (
      <div role="group" aria-label={label} className="ex-ticks">
        {meant.choices.map(({ value, documentation }) => {
          const ticked = values.includes(String(value));
          const next = ticked ? values.filter((one) => one !== value) : [...values, String(value)];
          return <Checkbox key={value} label={`${value} · ${said(documentation, language)}`} checked={ticked} onChange={() => onChange(next)} />;
        })}
      </div>
    );
  }
  const shown = values.length > 0 ? values : [""];
  const set = (at: number, typed: string) => onChange(shown.map((was, place) => (place === at ? typed : was)));
  return (
    <div className="ex-items" role="group" aria-label={label}>
      {shown.map((value, at) => (
        <div key={at} className="ex-item">
          <TextInput aria-label={`${label}.${at}`} value={typeof value === "string" ? value : ""} onChange={(typed) => set(at, typed)} autoComplete="off" spellCheck={false} />
          {shown.length > 1 && <IconButton icon="x" label={t.remove(`${label}.${at}`)} onClick={() => onChange(shown.filter((_, place) => place !== at))} />}
        </div>
      ))}
      <Button size="small" kind="quiet" icon="plus" aria-label={`${t.orValue} (${label})`} onClick={() => onChange([...shown, ""])}>{t.orValue}</Button>
    </div>
  );
}

const nameOf = (item: Value): string => (isObject(item) && typeof item.Name === "string" ? item.Name : "");
const firstOf = (meant: FilterName | undefined): Value[] => [String(meant?.choices?.[0]?.value ?? "")];
