/** Parameters as flat pairs, as a GET and signature version 1 have them: Filters.0.Name=HostName. */
import { isObject, Num, type Value } from "./exact";

export type Pair = [name: string, value: string];

/** The pairs of an object, in its order. Empty arrays and null are not sent, as with the official clients. */
export function flatten(value: Value, path = ""): Pair[] {
  const below = (name: string | number) => (path ? `${path}.${name}` : String(name));
  if (Array.isArray(value)) return value.flatMap((item, at) => flatten(item, below(at)));
  if (isObject(value)) return Object.entries(value).flatMap(([name, one]) => flatten(one, below(name)));
  if (value === null) return [];
  return [[path, value instanceof Num ? value.text : String(value)]];
}

/** application/x-www-form-urlencoded with "+" for a blank, as Python's urlencode writes it. */
export function encodePairs(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

/** The pairs of a query or form. A broken escape stays as it is. */
export function decodePairs(text: string): Pair[] {
  return text
    .split("&")
    .filter(Boolean)
    .map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    });
}

export function encode(text: string): string {
  const escaped = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, escaped).replace(/%20/g, "+");
}

function decode(text: string): string {
  const spaced = text.replace(/\+/g, " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
