/** The last calls made here, without any secret: what was called with what, and how it went. */
import { isObject, type Obj, parse, stringify, type Value } from "./exact";

export const KEPT = 50;
const NAME = "hostward.explorer.history";
const SECRET = /secret|password|passwd|token|credential|private/i;
const HIDDEN = "***";
const MOST_CHARS = 8_000;

/** parameters: JSON, "" when they were too long to be kept. at: milliseconds since 1970. */
export interface Past {
  at: number;
  service: "cwp" | "hostward";
  action: string;
  parameters: string;
  status: number;
  code: string;
  ms: number;
  caller: "session" | "key";
  requestId: string;
}

interface Storage {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

/** The past, newest first; nothing where storage holds something else. */
export function past(storage: Storage): Past[] {
  try {
    const read: unknown = JSON.parse(storage.getItem(NAME) ?? "[]");
    return Array.isArray(read) ? read.filter(isPast).slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

/** The past with one more call, which is kept too. A full or forbidden storage costs only the memory of it. */
export function remember(storage: Storage, one: Past, parameters: Obj): Past[] {
  const kept = stringify(withoutSecrets(parameters));
  const all = [{ ...one, parameters: kept.length <= MOST_CHARS ? kept : "" }, ...past(storage)].slice(0, KEPT);
  try {
    storage.setItem(NAME, JSON.stringify(all));
  } catch {
    storage.removeItem(NAME);
  }
  return all;
}

export function forget(storage: Storage): Past[] {
  storage.removeItem(NAME);
  return [];
}

/** Values whose name says that they are secret are hidden, at any depth. */
export function withoutSecrets(value: Value): Value {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, SECRET.test(name) && one !== "" ? HIDDEN : withoutSecrets(one)]),
  );
}

/** The parameters of a past call; {} for those that were not kept. */
export function parametersOf(one: Past): Obj {
  try {
    const value = parse(one.parameters);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isPast(one: unknown): one is Past {
  const { at, service, action, parameters } = (one ?? {}) as Partial<Past>;
  return (
    typeof at === "number" && (service === "cwp" || service === "hostward") && typeof action === "string" &&
    typeof parameters === "string"
  );
}
