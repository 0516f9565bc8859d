/**
 * Requests that are refused with a certain code. None does any harm: each is refused before it could act, and where that
 * is not certain the action must be one that only reads.
 */
import { Num, type Obj, type Value } from "./logic/exact";
import type { SchemaField } from "./logic/schema";
import { EXAMPLE_KEY, canSign } from "./logic/signature";
import { keyWire, sessionWire, type Target, type Wire } from "./send";
import type { Scene } from "./state";

/** times: how many are sent at once. */
export interface Trial {
  times: number;
  make: () => Promise<Wire>;
}

const TOO_LARGE = 10 * 1024 * 1024 + 1;
const FLOOD = 60;
const TOO_OLD_SECONDS = 301;

/** How each code can be provoked here and now, by its code; what can't is not in it. */
export function trials(scene: Scene): Map<string, Trial> {
  const found = new Map<string, Trial>();
  const add = (code: string, make: () => Wire | Promise<Wire>, times = 1) => found.set(code, { times, make: async () => make() });
  const { action, schema, common, wireLanguage: language } = scene;
  const target: Target = { service: schema.service, version: schema.version, action: action.name };
  const usual = (parameters: Obj, change: Partial<Target> = {}) => sessionWire({ ...target, ...change }, parameters, common, language);
  const required = action.request.filter((field) => field.required);
  const first = action.request[0];

  add("UnknownParameter", () => usual({ NoSuchParameter: new Num("1") }));
  if (required.length > 0) add("MissingParameter", () => usual({}));
  if (first) add("InvalidParameter", () => usual({ ...filled(required), [first.name]: first.type === "object" ? "text" : {} }));
  const wrong = action.changes ? null : wrongValue(action.request);
  if (wrong) add("InvalidParameterValue", () => usual({ ...filled(required), ...wrong }));
  add("InvalidParameter.IllegalRequest", () => ({ ...usual({}), body: "[]" }));
  add("InvalidAction", () => usual({}, { action: "NoSuchAction" }));
  const unserved = schema.unserved?.[0];
  if (unserved) add("UnsupportedOperation", () => usual({}, { action: unserved }));
  add("NoSuchVersion", () => usual({}, { version: "1999-01-01" }));
  add("InvalidRequest", () => withHeaders(usual({}), { "Content-Type": "multipart/form-data; boundary=x" }));
  add("RequestSizeLimitExceeded", () => ({ ...usual({}), body: " ".repeat(TOO_LARGE) }));
  if (!action.changes && required.length === 0) add("RequestLimitExceeded", () => usual({}), FLOOD);
  for (const [code, make] of signedTrials(scene, target)) add(code, make);
  return found;
}

/** Those that take a signature: some with the example key, the others with the key that was pasted. */
function signedTrials(scene: Scene, target: Target): [string, () => Promise<Wire>][] {
  const { common, caller, wireLanguage } = scene;
  const now = () => Math.floor(Date.now() / 1000);
  const signed = (key: { secretId: string; secretKey: string }, change: Partial<Target> = {}, at = now(), token = common.token) =>
    keyWire({ ...target, ...change }, {}, { ...common, token }, wireLanguage, { kind: "key", ...key }, at);
  const unsigned = async () => {
    const wire = sessionWire(target, {}, common, wireLanguage);
    return { ...withHeaders(wire, { Authorization: "SKIP", "X-TC-Timestamp": String(now()) }), session: false };
  };
  const found: [string, () => Promise<Wire>][] = [["AuthFailure.InvalidAuthorization", unsigned]];
  if (!canSign()) return found;
  found.push(["AuthFailure.SecretIdNotFound", () => signed(EXAMPLE_KEY)]);
  if (caller.kind !== "key" || !caller.secretId.trim() || !caller.secretKey.trim()) return found;
  found.push(
    ["AuthFailure.SignatureFailure", () => signed({ ...caller, secretKey: `${caller.secretKey.trim()}x` })],
    ["AuthFailure.SignatureExpire", () => signed(caller, {}, now() - TOO_OLD_SECONDS)],
    ["AuthFailure.TokenFailure", () => signed(caller, {}, now(), "no-such-token")],
    ["NoSuchProduct", () => signed(caller, { service: "nosuch" })],
  );
  return found;
}

const withHeaders = (wire: Wire, headers: Record<string, string>): Wire => ({ ...wire, headers: { ...wire.headers, ...headers } });

/** Something of the right type for every required member. */
function filled(fields: SchemaField[]): Obj {
  return Object.fromEntries(fields.map((field) => [field.name, some(field)]));
}

function some(field: SchemaField): Value {
  const choice = field.choices?.[0]?.value;
  if (field.type === "array") return [];
  if (field.type === "object") return {};
  if (field.type === "boolean") return false;
  if (field.type === "string") return String(choice ?? "");
  return new Num(String(choice ?? field.minimum ?? 0));
}

/** A member with a value of the right type that is out of its range, or none of its choices. */
function wrongValue(fields: SchemaField[]): Obj | null {
  const ranged = fields.find((field) => field.type === "integer" && field.maximum !== undefined && field.maximum <= 1_000_000);
  if (ranged) return { [ranged.name]: new Num(String((ranged.maximum ?? 0) + 1)) };
  const chosen = fields.find((field) => field.type === "string" && field.choices?.length);
  return chosen ? { [chosen.name]: "NoSuchValue" } : null;
}
