/**
 * The signatures of Tencent Cloud API 3.0, every step kept so that it can be shown: TC3-HMAC-SHA256 ("Signature v3") and
 * HmacSHA1 and HmacSHA256 ("Signature"). All by WebCrypto: a secret never leaves this page.
 */
import type { Pair } from "./flat";

export const ALGORITHM = "TC3-HMAC-SHA256";
export const UNSIGNED = "UNSIGNED-PAYLOAD";
const LAST = "tc3_request";
const DAY_MS = 86_400_000;

/** The key pair of the documentation's examples. No server has it. */
export const EXAMPLE_KEY = {
  secretId: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
  secretKey: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
};

/** The parts of a canonical request. headers: those that are signed, in their order, with names in lower case. */
export interface Canonical {
  method: string;
  uri: string;
  query: string;
  headers: Pair[];
  payloadHash: string;
}

export interface Tc3 {
  canonicalRequest: string;
  hashed: string;
  scope: string;
  stringToSign: string;
  /** Each derived key in hex, by what it is derived with; the last one signs. */
  keys: { step: string; hex: string }[];
  signature: string;
  authorization: string;
}

const UTF8 = new TextEncoder();
const bytes = (text: string | Uint8Array): Uint8Array<ArrayBuffer> =>
  (typeof text === "string" ? UTF8.encode(text) : text) as Uint8Array<ArrayBuffer>;

export const hex = (made: Uint8Array) => [...made].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Whether the browser gives WebCrypto here: it does over HTTPS and on localhost. */
export const canSign = () => globalThis.crypto?.subtle !== undefined;

export async function sha256(data: string | Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(data))));
}

export async function hmac(key: Uint8Array, message: string, hash: "SHA-1" | "SHA-256" = "SHA-256"): Promise<Uint8Array> {
  // WebCrypto refuses an empty key; RFC 2104 pads keys with zeros, so one zero byte is the same key.
  const raw = bytes(key.length > 0 ? key : new Uint8Array(1));
  const made = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", made, bytes(message)));
}

/** The UTC day of a timestamp (seconds since 1970), as it stands in a scope. */
export function dayOf(timestamp: number): string {
  const time = new Date(timestamp * 1000);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, 10);
}

/** Another day, so many days later. */
export function shifted(day: string, days: number): string {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? day : new Date(time + days * DAY_MS).toISOString().slice(0, 10);
}

export function canonicalText(parts: Canonical): string {
  const lines = parts.headers.map(([name, value]) => `${name}:${value}\n`).join("");
  const names = parts.headers.map(([name]) => name).join(";");
  return [parts.method, parts.uri, parts.query, lines, names, parts.payloadHash].join("\n");
}

export const textToSign = (timestamp: string, scope: string, hashed: string) =>
  [ALGORITHM, timestamp, scope, hashed].join("\n");

/** The keys in the order in which each is made of the one before ("Signature v3", step 3). */
export async function derivedKeys(secret: string, day: string, service: string) {
  let key = bytes(`TC3${secret}`) as Uint8Array;
  const made: { step: string; key: Uint8Array }[] = [];
  for (const step of [day, service, LAST]) {
    key = await hmac(key, step);
    made.push({ step, key });
  }
  return made;
}

export interface Tc3Input extends Canonical {
  secretId: string;
  secretKey: string;
  service: string;
  /** Seconds since 1970. */
  timestamp: number;
}

/** Every step of a signature TC3-HMAC-SHA256. */
export async function tc3(input: Tc3Input): Promise<Tc3> {
  const canonicalRequest = canonicalText(input);
  const day = dayOf(input.timestamp);
  const scope = `${day}/${input.service}/${LAST}`;
  const hashed = await sha256(canonicalRequest);
  const stringToSign = textToSign(String(input.timestamp), scope, hashed);
  const keys = await derivedKeys(input.secretKey, day, input.service);
  const signature = hex(await hmac(keys[2]?.key ?? new Uint8Array(), stringToSign));
  const names = input.headers.map(([name]) => name).join(";");
  return {
    canonicalRequest,
    hashed,
    scope,
    stringToSign,
    keys: keys.map(({ step, key }) => ({ step, hex: hex(key) })),
    signature,
    authorization: `${ALGORITHM} Credential=${input.secretId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

export type V1Algorithm = "HmacSHA1" | "HmacSHA256";

/** What signature version 1 signs: the pairs sorted by name, joined as they are. */
export function v1Text(method: string, host: string, pairs: readonly Pair[]): string {
  const sorted = [...pairs].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  return `${method}${host}/?${sorted.map(([name, value]) => `${name}=${value}`).join("&")}`;
}

/** The signature of version 1, in base64. */
export async function v1(secret: string, text: string, algorithm: V1Algorithm): Promise<string> {
  const made = await hmac(bytes(secret), text, algorithm === "HmacSHA1" ? "SHA-1" : "SHA-256");
  return base64(made);
}

export const base64 = (made: Uint8Array) => btoa(String.fromCharCode(...made));
