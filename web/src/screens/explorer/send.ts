/** One request of the Explorer's, on its way to this server and back. */
import { held } from "@/lib/session";
import { type Obj, stringify } from "./logic/exact";
import type { Pair } from "./logic/flat";
import { sha256, tc3 } from "./logic/signature";
import type { Caller, Common } from "./state";

export interface Wire {
  headers: Record<string, string>;
  body: BodyInit;
  /** Whether the browser's session goes with it. */
  session: boolean;
}

/** What came back. status 0: nothing. code: of the refusal, "" for an answer. */
export interface Answer {
  at: number;
  status: number;
  ms: number;
  headers: Pair[];
  text: string;
  response: Record<string, unknown> | undefined;
  requestId: string;
  code: string;
  message: string;
  caller: Caller["kind"];
}

export interface Target {
  service: string;
  version: string;
  action: string;
}

const JSON_TYPE = "application/json";

function named(target: Target, common: Common, language: string): Record<string, string> {
  return {
    "Content-Type": JSON_TYPE,
    "X-TC-Action": target.action,
    "X-TC-Version": target.version,
    "X-TC-Language": language,
    ...(common.region ? { "X-TC-Region": common.region } : {}),
  };
}

export function sessionWire(target: Target, parameters: Obj, common: Common, language: string): Wire {
  const headers = { ...named(target, common, language), "X-Hostward-CSRF": held()?.csrf ?? "" };
  return { headers, body: stringify(parameters), session: true };
}

/** Signed with a key. timestamp: seconds since 1970. */
export async function keyWire(
  target: Target, parameters: Obj, common: Common, language: string, caller: Caller, timestamp: number,
): Promise<Wire> {
  const body = stringify(parameters);
  const signed = await tc3({
    method: "POST", uri: "/", query: "", headers: [["content-type", JSON_TYPE], ["host", window.location.host]],
    payloadHash: await sha256(body), secretId: caller.secretId.trim(), secretKey: caller.secretKey.trim(),
    service: target.service, timestamp,
  });
  const headers = {
    ...named(target, common, language),
    Authorization: signed.authorization,
    "X-TC-Timestamp": String(timestamp),
    ...(common.token ? { "X-TC-Token": common.token } : {}),
  };
  return { headers, body, session: false };
}

/** Send it. Nothing that goes wrong on the way is thrown: it is an answer with status 0. */
export async function deliver(wire: Wire): Promise<Answer> {
  const at = Date.now();
  const begin = performance.now();
  const caller = wire.session ? "session" : "key";
  try {
    const credentials = wire.session ? "same-origin" : "omit";
    const response = await fetch("/", { method: "POST", headers: wire.headers, body: wire.body, credentials, cache: "no-store" });
    const text = await response.text();
    const ms = performance.now() - begin;
    return { at, status: response.status, ms, headers: [...response.headers], text, caller, ...read(text) };
  } catch {
    const ms = performance.now() - begin;
    return { at, status: 0, ms, headers: [], text: "", response: undefined, requestId: "", code: "Network", message: "", caller };
  }
}

function read(text: string): Pick<Answer, "response" | "requestId" | "code" | "message"> {
  try {
    const { Response: response } = JSON.parse(text) as { Response?: Record<string, unknown> };
    const refusal = response?.Error as { Code: string; Message: string } | undefined;
    const requestId = String(response?.RequestId ?? "");
    return { response, requestId, code: response ? (refusal?.Code ?? "") : "Unreadable", message: refusal?.Message ?? "" };
  } catch {
    return { response: undefined, requestId: "", code: "Unreadable", message: "" };
  }
}
