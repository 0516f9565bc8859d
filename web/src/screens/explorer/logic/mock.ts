/** An answer as the server could give it: a golden example's, or one made from the schema. The same for the same seed. */
import { type ActionSchema, bound, elementOf, type Example, type SchemaField, type Structures } from "./schema";

export interface Mock {
  /** Name of the example it is; "" for one that was made. */
  example: string;
  answer: unknown;
}

const MOST_ROWS = 3;
const WORDS = ["web", "db", "cache", "edge", "build", "mail", "queue", "proxy"];
const LATEST = Date.UTC(2026, 11, 1);
const NULLED = "00000000-0000-4000-8000-000000000000";

/** Examples that were answered, not refused: what a mock is taken from. */
export const answered = (action: ActionSchema): Example[] =>
  action.examples.filter((one) => one.answer.Response !== undefined && one.answer.Response.Error === undefined);

/** The mock of a seed. made: from the schema even where there is an example. */
export function mock(action: ActionSchema, structures: Structures, seed: number, made = false): Mock {
  const examples = answered(action);
  const example = examples[seed % Math.max(examples.length, 1)];
  if (example && !made) return { example: example.name, answer: example.answer };
  const random = generator(seed, action.name);
  const response = object(action.response, structures, random);
  agree(action.response, response);
  return { example: "", answer: { Response: response } };
}

type Random = () => number;

/** Numbers from 0 up to 1 (mulberry32), begun by a seed and a name. */
export function generator(seed: number, name: string): Random {
  let state = [...name].reduce((sum, sign) => Math.imul(sum ^ sign.charCodeAt(0), 16_777_619), seed ^ 2_166_136_261);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const below = (random: Random, limit: number) => Math.floor(random() * limit);
const pick = <T>(random: Random, all: readonly T[]): T | undefined => all[below(random, all.length)];

function object(fields: SchemaField[], structures: Structures, random: Random): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.name, value(field, structures, random)]));
}

function value(field: SchemaField, structures: Structures, random: Random): unknown {
  if (field.choices?.length && field.type !== "array") return pick(random, field.choices)?.value;
  switch (field.type) {
    case "object":
      return object(structures[field.structure ?? ""] ?? [], structures, random);
    case "array": {
      const least = field.leastItems ?? 1;
      const rows = Math.min(field.mostItems ?? MOST_ROWS, Math.max(least, 1 + below(random, MOST_ROWS)));
      return Array.from({ length: rows }, () => value(elementOf(field), structures, random));
    }
    case "boolean":
      return random() < 0.5;
    case "number":
      return Math.round(random() * 1000) / 100;
    case "integer":
      return whole(field, random);
    case "string":
      return text(field, random);
  }
}

function whole(field: SchemaField, random: Random): number {
  const least = field.minimum === undefined || field.minimum < 0 ? 0 : Number(bound(field.minimum));
  const most = Math.min(field.maximum ?? 1000, least + 1000);
  return least + below(random, most - least + 1);
}

function text(field: SchemaField, random: Random): string {
  const time = () => new Date(LATEST - below(random, 30 * 86_400) * 1000).toISOString();
  const host = () => `${pick(random, WORDS)}-${String(below(random, 1000)).padStart(3, "0")}`;
  if (field.format === "date-time") return time().slice(0, 19).replace("T", " ");
  if (field.format === "time") return time().slice(11, 19);
  if (/RequestId$|^Q?[Uu]?[Uu]id$|Uuid|Quuid|^Id$/.test(field.name)) return uuid(random);
  if (/Time$/.test(field.name)) return time().slice(0, 19).replace("T", " ");
  if (/Ip$|^IP$|IP$/.test(field.name)) return `10.${below(random, 256)}.${below(random, 256)}.${1 + below(random, 254)}`;
  if (/Host|Machine|Name$|Alias/.test(field.name)) return host();
  if (/Os/.test(field.name)) return pick(random, ["Debian GNU/Linux 12", "Ubuntu 24.04 LTS", "Rocky Linux 9.4"]) ?? "";
  if (/Version/.test(field.name)) return `${1 + below(random, 3)}.${below(random, 10)}.${below(random, 10)}`;
  return `${field.name.toLowerCase()}-${below(random, 10_000)}`;
}

function uuid(random: Random): string {
  return NULLED.replace(/0/g, () => below(random, 16).toString(16));
}

/** A total is the number of rows where an answer has one list: a client that pages would ask for ever otherwise. */
function agree(fields: SchemaField[], response: Record<string, unknown>): void {
  const lists = fields.filter((field) => field.type === "array" && field.item === "object");
  const rows = lists.length === 1 ? response[lists[0]?.name ?? ""] : undefined;
  for (const name of ["TotalCount", "Total"]) {
    if (Array.isArray(rows) && typeof response[name] === "number") response[name] = rows.length;
  }
}
