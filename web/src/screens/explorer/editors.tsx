/** One editor a type. Numbers are text here, so that 64 bits stay 64 bits; "" means that a member is not sent. */
import { useTexts, useLanguage } from "@/lib/i18n";
import { Button, Checkbox, Field, IconButton, Select, TextInput } from "@/ui";
import { FilterList } from "./FilterList";
import { isObject, Num, type Obj, type Value } from "./logic/exact";
import { bound, elementOf, type SchemaField, type Structures } from "./logic/schema";
import type { Mistake } from "./logic/validate";
import { said } from "./state";
import { texts } from "./texts";

export interface EditorProps {
  field: SchemaField;
  structures: Structures;
  value: Value | undefined;
  path: string;
  mistakes: Mistake[];
  onChange: (value: Value | undefined) => void;
}

const UNSENT = "\u0000unsent";

/** The editor of a field, with its name, what is known of it, and what is wrong with it. */
export function FieldEditor(props: EditorProps) {
  const { field, path, mistakes } = props;
  const t = useTexts(texts);
  const [language] = useLanguage();
  const own = mistakes.filter((one) => one.path === path);
  const error = own.map((one) => t.mistake(one.kind, one.accepted)).join(" ");
  const hint = [said(field.documentation, language), t.limits(limitsOf(field))].filter(Boolean).join(" ");
  if (field.type === "object" || (field.type === "array" && field.item === "object")) {
    return (
      <fieldset className="ex-group" data-path={path} aria-invalid={error ? true : undefined}>
        <legend>{field.name}{field.required && <span className="ex-star" title={t.required}> *</span>} <small>{t.kinds[field.type]}</small></legend>
        <p className="ex-hint">{hint}</p>
        {error && <p className="ex-error">{error}</p>}
        <Nested {...props} />
      </fieldset>
    );
  }
  return (
    <div data-path={path} className="ex-field">
      <Field label={field.name} hint={hint} error={error} required={field.required ?? false}>
        {(id, describedBy) => <Scalar {...props} id={id} describedBy={describedBy} invalid={error !== ""} />}
      </Field>
    </div>
  );
}

interface ScalarProps extends EditorProps {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

function Scalar(props: ScalarProps) {
  const { field, value, onChange, id, describedBy, invalid } = props;
  const t = useTexts(texts);
  if (field.type === "array") return <Items {...props} />;
  if (field.type === "boolean" || field.choices?.length) return <Chosen {...props} />;
  const text = textOf(value);
  const change = (typed: string) => onChange(typed === "" ? undefined : valueOf(field, typed));
  return (
    <div className="ex-input">
      <TextInput
        id={id} describedBy={describedBy} invalid={invalid} value={text} onChange={change} placeholder={t.standard(standardOf(field))}
        inputMode={field.type === "string" ? "text" : "numeric"} mono={field.type !== "string"} autoComplete="off" spellCheck={false}
      />
      {value === "" && <span className="ex-sent">{t.sentEmpty}</span>}
    </div>
  );
}

/** One of a few values, or none: what is not chosen is not sent. */
function Chosen({ field, value, onChange, id, describedBy }: ScalarProps) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const known = field.type === "boolean"
    ? [{ value: "true", label: "true" }, { value: "false", label: "false" }]
    : (field.choices ?? []).map((one) => ({ value: String(one.value), label: `${one.value} · ${said(one.documentation, language)}` }));
  const text = value === undefined ? UNSENT : textOf(value);
  const other = value !== undefined && !known.some((one) => one.value === text) ? [{ value: text, label: text || '""' }] : [];
  const take = (next: string) => onChange(next === UNSENT ? undefined : field.type === "boolean" ? next === "true" : valueOf(field, next));
  return (
    <Select
      id={id} describedBy={describedBy} label={field.name} hideLabel value={text} onChange={take}
      options={[{ value: UNSENT, label: t.unsent(standardOf(field)) }, ...known, ...other]}
    />
  );
}

/** An array of plain values: ticks where the values are known, else a line each. */
function Items({ field, value, path, mistakes, onChange, id, describedBy }: ScalarProps) {
  const t = useTexts(texts);
  const [language] = useLanguage();
  const items = Array.isArray(value) ? value : [];
  const change = (next: Value[]) => onChange(next.length > 0 ? next : undefined);
  if (field.choices?.length) {
    return (
      <div role="group" id={id} aria-label={field.name} aria-describedby={describedBy} className="ex-ticks">
        {field.choices.map((one) => {
          const ticked = items.some((item) => textOf(item) === String(one.value));
          const next = ticked ? items.filter((item) => textOf(item) !== String(one.value)) : [...items, valueOf(elementOf(field), String(one.value))];
          return <Checkbox key={one.value} label={`${one.value} · ${said(one.documentation, language)}`} checked={ticked} onChange={() => change(next)} />;
        })}
      </div>
    );
  }
  const element = elementOf(field);
  const set = (at: number, typed: string) => {
    const parts = /[\n,]/.test(typed) && field.item !== "string" ? typed.split(/[\s,]+/).filter(Boolean) : [typed];
    change(items.flatMap((item, place) => (place === at ? parts.map((part) => valueOf(element, part)) : [item])));
  };
  return (
    <div role="group" id={id} aria-label={field.name} aria-describedby={describedBy} className="ex-items">
      {items.map((item, at) => {
        const wrong = mistakes.find((one) => one.path === `${path}.${at}`);
        return (
          <div key={at} className="ex-item">
            <TextInput
              value={textOf(item)} aria-label={`${field.name}.${at}`} invalid={wrong !== undefined} onChange={(typed) => set(at, typed)}
              mono={field.item !== "string"} inputMode={field.item === "string" ? "text" : "numeric"} autoComplete="off" spellCheck={false}
            />
            <IconButton icon="x" label={t.remove(`${field.name}.${at}`)} onClick={() => change(items.filter((_, place) => place !== at))} />
            {wrong && <span className="ex-error">{t.mistake(wrong.kind, wrong.accepted)}</span>}
          </div>
        );
      })}
      <Button size="small" icon="plus" aria-label={t.addTo(field.name)} onClick={() => change([...items, ""])}>{t.add}</Button>
    </div>
  );
}

function Nested(props: EditorProps) {
  const { field, structures, value, path, mistakes, onChange } = props;
  const t = useTexts(texts);
  const inside = structures[field.structure ?? ""] ?? [];
  if (field.type === "object") {
    if (value === undefined && !field.required) return <Button size="small" icon="plus" onClick={() => onChange({})}>{t.fillIn}</Button>;
    return (
      <>
        <Members fields={inside} structures={structures} value={isObject(value) ? value : {}} path={path} mistakes={mistakes} onChange={onChange} />
        {!field.required && <Button size="small" kind="quiet" icon="x" onClick={() => onChange(undefined)}>{t.leaveOut}</Button>}
      </>
    );
  }
  const items = Array.isArray(value) ? value : [];
  const change = (next: Value[]) => onChange(next.length > 0 ? next : undefined);
  if (field.filters) return <FilterList field={field} items={items} path={path} mistakes={mistakes} onChange={change} />;
  return (
    <>
      {items.map((item, at) => (
        <fieldset key={at} className="ex-group">
          <legend>{`${field.name}.${at}`} <IconButton icon="x" label={t.remove(`${field.name}.${at}`)} onClick={() => change(items.filter((_, place) => place !== at))} /></legend>
          <Members
            fields={inside} structures={structures} value={isObject(item) ? item : {}} path={`${path}.${at}`} mistakes={mistakes}
            onChange={(next) => change(items.map((was, place) => (place === at ? next : was)))}
          />
        </fieldset>
      ))}
      <Button size="small" icon="plus" aria-label={t.addTo(field.name)} onClick={() => change([...items, {}])}>{t.add}</Button>
    </>
  );
}

interface MembersProps {
  fields: SchemaField[];
  structures: Structures;
  value: Obj;
  path: string;
  mistakes: Mistake[];
  onChange: (value: Obj) => void;
}

/** Editors of the members of an object. */
export function Members({ fields, structures, value, path, mistakes, onChange }: MembersProps) {
  return fields.map((field) => (
    <FieldEditor
      key={field.name} field={field} structures={structures} value={value[field.name]} mistakes={mistakes}
      path={path ? `${path}.${field.name}` : field.name} onChange={(next) => onChange(withMember(value, field.name, next))}
    />
  ));
}

/** The object with a member set, or without it; members keep their order. */
export function withMember(value: Obj, name: string, next: Value | undefined): Obj {
  if (next !== undefined) return { ...value, [name]: next };
  return Object.fromEntries(Object.entries(value).filter(([known]) => known !== name));
}

export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return "";
  if (value instanceof Num) return value.text;
  return typeof value === "object" ? "" : String(value);
}

/** What was typed in the field's type; a text that is no number stays a text, and is a mistake as the server sees it. */
export function valueOf(field: SchemaField, typed: string): Value {
  const text = typed.trim();
  if (field.type === "integer" && /^(?:0|-?[1-9]\d*)$/.test(text)) return new Num(text);
  if (field.type === "number" && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return new Num(text);
  return field.type === "string" ? typed : text;
}

function standardOf(field: SchemaField): string {
  const { default: standard } = field;
  return standard === undefined || standard === "" || (Array.isArray(standard) && standard.length === 0) ? "" : JSON.stringify(standard);
}

export interface Limits {
  least: string;
  most: string;
  unit: string;
  items: [least: number, most: number] | null;
  format: string;
}

const UINT64 = 18_446_744_073_709_551_615n;
const INT64 = 9_223_372_036_854_775_807n;

/** Bounds worth telling: those of the type itself are not. */
export function limitsOf(field: SchemaField): Limits {
  const least = field.minimum === undefined || field.choices?.length ? undefined : bound(field.minimum);
  const most = field.maximum === undefined || field.choices?.length ? undefined : bound(field.maximum);
  const told = most !== undefined && most !== UINT64 && most !== INT64;
  return {
    least: least !== undefined && least > -INT64 && (told || least > 0n) ? String(least) : "",
    most: told ? String(most) : "",
    unit: field.unit ?? "",
    items: field.mostItems === undefined ? null : [field.leastItems ?? 0, field.mostItems],
    format: field.format === "time" ? "HH:MM, HH:MM:SS" : field.format === "date-time" ? "YYYY-MM-DD HH:MM:SS" : "",
  };
}
