/** The document of a service, as GET /schema/SERVICE/VERSION.json has it. */
export interface Words {
  en: string;
  zh: string;
}
export type Kind = "string" | "integer" | "number" | "boolean" | "object" | "array";
export interface Choice {
  value: string | number;
  documentation: Words;
}
export interface FilterName {
  name: string;
  documentation: Words;
  /** Values match whole, whatever ExactMatch says. */
  whole?: boolean;
  choices?: Choice[];
}
export interface SchemaField {
  name: string;
  type: Kind;
  required?: boolean;
  documentation: Words;
  item?: Kind | "";
  structure?: string;
  default?: unknown;
  unit?: string;
  minimum?: number;
  maximum?: number;
  leastItems?: number;
  mostItems?: number;
  format?: string;
  choices?: Choice[];
  filters?: FilterName[];
}
export interface Example {
  name: string;
  about: string;
  language: string;
  request: unknown;
  answer: { Response?: { Error?: { Code: string; Message: string } } & Record<string, unknown> };
}
export interface ActionSchema {
  name: string;
  documentation: Words;
  permission: string;
  roles: string[];
  changes: boolean;
  request: SchemaField[];
  response: SchemaField[];
  errors: string[];
  examples: Example[];
}
export interface ErrorSchema {
  code: string;
  sent: boolean;
  cause: Words;
  remedy: Words;
}
export type Structures = Record<string, SchemaField[]>;
export interface ServiceSchema {
  service: "cwp" | "hostward";
  version: string;
  languages: string[];
  requestBytes: { get: number; form: number; json: number };
  actions: ActionSchema[];
  structures: Structures;
  errors: ErrorSchema[];
  unserved: string[];
}

/**
 * A bound of an integer, exactly. Bounds past 2^53 are 2^63-1 and 2^64-1, which a double rounds up to the power of two.
 */
export function bound(number: number): bigint {
  const whole = BigInt(number);
  return number > Number.MAX_SAFE_INTEGER ? whole - 1n : whole;
}

/** The field of one element of an array. */
export function elementOf(field: SchemaField): SchemaField {
  return {
    name: field.name,
    type: field.item || "string",
    documentation: field.documentation,
    structure: field.structure,
    minimum: field.minimum,
    maximum: field.maximum,
    format: field.format,
    choices: field.choices,
    unit: field.unit,
  };
}
