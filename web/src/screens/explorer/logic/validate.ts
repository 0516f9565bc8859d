/** What the server would say of a request, told before it is sent: the same mistakes, in the same order of rank. */
import { isObject, Num, type Obj, type Value } from "./exact";
import { bound, elementOf, type Kind, type SchemaField, type Structures } from "./schema";

export type MistakeCode = "UnknownParameter" | "MissingParameter" | "InvalidParameter" | "InvalidParameterValue";

/** path: as messages of the server name it (Filters.0.Name). accepted: what would do, where it can be told. */
export interface Mistake {
  path: string;
  code: MistakeCode;
  kind: "unknown" | "missing" | "type" | "range" | "choice" | "count" | "nul" | "filter" | "time";
  accepted: string;
}

const RANKS: MistakeCode[] = ["UnknownParameter", "MissingParameter", "InvalidParameter", "InvalidParameterValue"];
const TYPES: Record<Kind, string> = {
  string: "String",
  integer: "Integer",
  number: "Float",
  boolean: "Boolean",
  object: "Object",
  array: "Array",
};
/** Whole numbers in text are taken too, as the API's own examples send them. */
const DECIMAL = /^(?:0|-?[1-9]\d{0,39})$/;
const TIMES: Record<string, RegExp> = {
  time: /^\d\d:\d\d(?::\d\d)?$/,
  "date-time": /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
};

/** Every mistake of a request, by field. */
export function validate(fields: SchemaField[], structures: Structures, request: Obj): Mistake[] {
  const found: Mistake[] = [];
  checkObject(fields, structures, request, "", found);
  return found;
}

/** The one that the server reports: the first of the lowest rank. */
export function reported(mistakes: Mistake[]): Mistake | undefined {
  for (const code of RANKS) {
    const first = mistakes.find((one) => one.code === code);
    if (first) return first;
  }
  return undefined;
}

function checkObject(fields: SchemaField[], structures: Structures, value: Obj, path: string, found: Mistake[]): void {
  const known = new Map(fields.map((field) => [field.name, field]));
  for (const name of Object.keys(value)) {
    if (!known.has(name)) {
      found.push({ path: joined(path, name), code: "UnknownParameter", kind: "unknown", accepted: [...known.keys()].join(", ") });
    }
  }
  for (const field of fields) {
    const given = value[field.name];
    const where = joined(path, field.name);
    if (given !== undefined) check(field, structures, given, where, found);
    else if (field.required) found.push({ path: where, code: "MissingParameter", kind: "missing", accepted: TYPES[field.type] });
  }
}

function check(field: SchemaField, structures: Structures, value: Value, path: string, found: Mistake[]): void {
  const before = found.length;
  if (!hasType(field.type, value)) {
    found.push({ path, code: "InvalidParameter", kind: "type", accepted: TYPES[field.type] });
    return;
  }
  if (Array.isArray(value)) checkArray(field, structures, value, path, found);
  else if (isObject(value)) checkObject(structures[field.structure ?? ""] ?? [], structures, value, path, found);
  else if (typeof value === "string" && field.type === "string") checkText(field, value, path, found);
  else if (field.type === "integer") checkWhole(field, value as Num | string, path, found);
  if (field.filters && found.length === before) checkFilters(field, value as Value[], path, found);
}

function hasType(type: Kind, value: Value): boolean {
  switch (type) {
    case "string":
      return typeof value === "string" && !/[\ud800-\udfff]/u.test(value);
    case "boolean":
      return typeof value === "boolean";
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    case "integer":
      return DECIMAL.test(value instanceof Num ? value.text : typeof value === "string" ? value : "");
    case "number":
      return value instanceof Num;
  }
}

function checkArray(field: SchemaField, structures: Structures, items: Value[], path: string, found: Mistake[]): void {
  const { leastItems: least = 0, mostItems: most = Number.POSITIVE_INFINITY } = field;
  if (items.length < least || items.length > most) {
    found.push({ path, code: "InvalidParameterValue", kind: "count", accepted: span(least, most) });
  }
  const element = elementOf(field);
  items.forEach((item, index) => check(element, structures, item, `${path}.${index}`, found));
}

function checkText(field: SchemaField, text: string, path: string, found: Mistake[]): void {
  const wrong = (kind: Mistake["kind"], accepted: string) =>
    found.push({ path, code: "InvalidParameterValue", kind, accepted });
  if (text.includes("\0")) wrong("nul", "");
  else if (text === field.default) return;
  else if (field.choices?.length && !field.choices.some((one) => String(one.value) === text)) {
    wrong("choice", field.choices.map((one) => one.value).join(", "));
  } else if (field.format && TIMES[field.format]?.test(text) === false) {
    wrong("time", field.format === "time" ? "HH:MM, HH:MM:SS" : "YYYY-MM-DD HH:MM:SS");
  }
}

function checkWhole(field: SchemaField, value: Num | string, path: string, found: Mistake[]): void {
  const number = BigInt(value instanceof Num ? value.text : value);
  if (field.default !== undefined && String(field.default) === String(number)) return;
  if (field.choices?.length) {
    if (!field.choices.some((one) => String(one.value) === String(number))) {
      const accepted = field.choices.map((one) => one.value).join(", ");
      found.push({ path, code: "InvalidParameterValue", kind: "choice", accepted });
    }
    return;
  }
  const least = field.minimum === undefined ? undefined : bound(field.minimum);
  const most = field.maximum === undefined ? undefined : bound(field.maximum);
  if ((least !== undefined && number < least) || (most !== undefined && number > most)) {
    found.push({ path, code: "InvalidParameterValue", kind: "range", accepted: `${least ?? ""} - ${most ?? ""}` });
  }
}

/** Names and values of filters; the name is compared without regard to case. */
function checkFilters(field: SchemaField, filters: Value[], path: string, found: Mistake[]): void {
  const known = field.filters ?? [];
  filters.forEach((filter, index) => {
    const { Name, Values } = filter as { Name: string; Values: string[] };
    const meant = known.find((one) => one.name.toLowerCase() === Name.toLowerCase());
    const where = `${path}.${index}`;
    if (meant === undefined) {
      const accepted = known.map((one) => one.name).join(", ");
      found.push({ path: `${where}.Name`, code: "InvalidParameterValue", kind: "filter", accepted });
      return;
    }
    const choices = meant.choices?.map((one) => String(one.value)) ?? [];
    Values.forEach((value, at) => {
      if (choices.length > 0 && !choices.includes(value)) {
        const accepted = choices.join(", ");
        found.push({ path: `${where}.Values.${at}`, code: "InvalidParameterValue", kind: "choice", accepted });
      }
    });
  });
}

const joined = (path: string, name: string) => (path ? `${path}.${name}` : name);
const span = (least: number, most: number) => (Number.isFinite(most) ? `${least} - ${most}` : `>= ${least}`);
