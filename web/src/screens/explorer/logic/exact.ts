/**
 * JSON that keeps what it read: an integer of the API may have 64 bits, more than a JavaScript number holds, so a number
 * stays the text it was written as. A member given twice is refused, as the server refuses it.
 */
export class Num {
  constructor(readonly text: string) {}
}

export type Value = null | boolean | string | Num | Value[] | Obj;
export interface Obj {
  [name: string]: Value;
}

/** Where reading stopped, and why. line and column count from 1. */
export class NotJson extends Error {
  constructor(
    readonly reason: "syntax" | "twice" | "deep",
    readonly line: number,
    readonly column: number,
    /** The member that is there twice. */
    readonly member = "",
  ) {
    super(`${reason} at ${line}:${column}`);
  }
}

const DEEPEST = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const BLANK = /[ \t\n\r]*/y;

export function isObject(value: Value | undefined): value is Obj {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Num);
}

/** The value that a text holds. Raises NotJson. */
export function parse(text: string): Value {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.end();
  return value;
}

/** Numbers as JavaScript has them: for showing, where a big one may lose its last digits. */
export function loose(value: Value): unknown {
  if (value instanceof Num) return Number(value.text);
  if (Array.isArray(value)) return value.map(loose);
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, loose(one)]));
  return value;
}

/** The other way: a plain value of JavaScript's. What JSON has no word for becomes null. */
export function exact(value: unknown): Value {
  if (typeof value === "number") return Number.isFinite(value) ? new Num(JSON.stringify(value)) : null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, exact(one)]));
  return null;
}

/** JSON of a value; indent 0 is the shortest form. */
export function stringify(value: Value, indent = 0): string {
  const write = (one: Value, margin: string): string => {
    if (one instanceof Num) return one.text;
    if (Array.isArray(one)) return joined("[", one.map((item) => write(item, margin + pad)), "]", margin);
    if (isObject(one)) {
      const colon = indent > 0 ? ": " : ":";
      const members = Object.entries(one).map(
        ([name, member]) => JSON.stringify(name) + colon + write(member, margin + pad),
      );
      return joined("{", members, "}", margin);
    }
    return JSON.stringify(one);
  };
  const pad = " ".repeat(indent);
  const joined = (open: string, parts: string[], close: string, margin: string) => {
    if (parts.length === 0) return open + close;
    if (indent === 0) return open + parts.join(",") + close;
    return `${open}\n${parts.map((part) => margin + pad + part).join(",\n")}\n${margin}${close}`;
  };
  return write(value, "");
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): Value {
    this.blank();
    if (depth > DEEPEST) throw this.fault("deep");
    const sign = this.text[this.at];
    if (sign === "{") return this.object(depth);
    if (sign === "[") return this.array(depth);
    if (sign === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]] as const) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return new Num(this.taken(NUMBER));
  }

  end(): void {
    this.blank();
    if (this.at < this.text.length) throw this.fault("syntax");
  }

  private object(depth: number): Obj {
    const members: [string, Value][] = [];
    const names = new Set<string>();
    this.at += 1;
    if (this.passed("}")) return {};
    do {
      this.blank();
      const begin = this.at;
      const name = this.string();
      if (names.has(name)) {
        this.at = begin;
        throw this.fault("twice", name);
      }
      names.add(name);
      this.must(":");
      members.push([name, this.value(depth + 1)]);
    } while (this.passed(","));
    this.must("}");
    return Object.fromEntries(members);
  }

  private array(depth: number): Value[] {
    const items: Value[] = [];
    this.at += 1;
    if (this.passed("]")) return items;
    do items.push(this.value(depth + 1));
    while (this.passed(","));
    this.must("]");
    return items;
  }

  private string(): string {
    return JSON.parse(this.taken(TEXT)) as string;
  }

  private taken(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) throw this.fault("syntax");
    this.at = pattern.lastIndex;
    return found[0];
  }

  private blank(): void {
    BLANK.lastIndex = this.at;
    BLANK.exec(this.text);
    this.at = BLANK.lastIndex;
  }

  private passed(sign: string): boolean {
    this.blank();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  private must(sign: string): void {
    if (!this.passed(sign)) throw this.fault("syntax");
  }

  private fault(reason: NotJson["reason"], member = ""): NotJson {
    const before = this.text.slice(0, this.at).split("\n");
    return new NotJson(reason, before.length, (before.at(-1)?.length ?? 0) + 1, member);
  }
}
