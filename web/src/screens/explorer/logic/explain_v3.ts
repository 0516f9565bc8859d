/**
 * Which mistakes make the signature that was sent: the server's own way is changed in one place, then in two, until the
 * signature comes out. A signature has 256 bits, so one that comes out is explained beyond doubt.
 */
import type { Cause, CauseId, Diagnosis, Said, Server } from "./diagnosis";
import { hostCandidates, wrongHosts } from "./diagnosis";
import { exact, type Obj, parse, stringify } from "./exact";
import { decodePairs, encodePairs, type Pair } from "./flat";
import { header, type Pasted } from "./pasted";
import { ALGORITHM, base64, dayOf, hex, hmac, sha256, shifted, UNSIGNED } from "./signature";

/** Everything that a signature is made of, one way or another. names: the line of SignedHeaders. */
interface Recipe {
  method: string;
  uri: string;
  query: string;
  headers: Pair[];
  names: string[];
  payload: string;
  blankLine: boolean;
  upperHash: boolean;
  algorithm: string;
  timestamp: string;
  scopeDate: string;
  scopeService: string;
  keyDate: string;
  keyService: string;
  prefix: string;
  secret: string;
  keys: "bytes" | "hex" | "swapped";
  encoding: "hex" | "base64";
}

/** A change of a recipe. place: two changes of the same place are never made together. */
interface Change extends Cause {
  place: string;
  make: (recipe: Recipe) => Recipe;
}

type Explained = Omit<Diagnosis, "version" | "problems" | "given">;

export async function explainV3(request: Pasted, said: Said, secret: string, server: Server): Promise<Explained> {
  const hash = hasher();
  const base = await serversWay(request, said, secret, hash);
  const wanted = said.signature.toLowerCase();
  const ours = canonical(base);
  const rightful = await signed(base, hash);
  const authorization = `${ALGORITHM} Credential=${said.secretId}/${base.scopeDate}/${said.service}/tc3_request, SignedHeaders=${base.names.join(";")}, Signature=${rightful}`;
  const shared = { ours, stringToSign: await toSign(base, hash), right: authorization };
  for (const taken of accepted(base, request, server)) {
    if (said.date === base.keyDate && (await signed(taken, hash)) === wanted) {
      return { ...shared, matches: true, causes: [], theirs: canonical(taken) };
    }
  }
  const changes = await allChanges(request, said, secret, base, hash);
  for (const made of tries(base, changes)) {
    const got = await signed(made.recipe, hash);
    if (got === wanted || got === said.signature) {
      return { ...shared, matches: false, causes: made.causes, theirs: canonical(made.recipe) };
    }
  }
  return { ...shared, matches: false, causes: [], theirs: "" };
}

/** The request as the server reads it, for the host as sent. */
async function serversWay(request: Pasted, said: Said, secret: string, hash: Hasher): Promise<Recipe> {
  const timestamp = header(request, "x-tc-timestamp") ?? "";
  const unsigned = header(request, "x-tc-content-sha256") === UNSIGNED;
  const names = said.signedHeaders.map((name) => name.toLowerCase());
  const day = dayOf(Number(timestamp)) || said.date;
  return {
    method: request.method,
    uri: "/",
    query: request.query,
    headers: names.map((name) => [name, (header(request, name) ?? "").trim()]),
    names,
    payload: await hash.text(unsigned ? UNSIGNED : request.body),
    blankLine: true,
    upperHash: false,
    algorithm: ALGORITHM,
    timestamp,
    scopeDate: day,
    scopeService: said.service,
    keyDate: day,
    keyService: said.service,
    prefix: "TC3",
    secret: secret.trim(),
    keys: "bytes",
    encoding: "hex",
  };
}

/** All that the server takes for right: each of its hosts, headers as sent and in lower case. */
function* accepted(base: Recipe, request: Pasted, server: Server): Generator<Recipe> {
  for (const host of hostCandidates(header(request, "host") ?? "", server.aliases)) {
    const headers = base.headers.map(([name, value]): Pair => [name, name === "host" ? host : value]);
    yield { ...base, headers };
    yield { ...base, headers: headers.map(([name, value]) => [name, value.toLowerCase()]) };
  }
}

function* tries(base: Recipe, changes: Change[]): Generator<{ recipe: Recipe; causes: Cause[] }> {
  const cause = ({ id, detail }: Change): Cause => ({ id, detail });
  for (const one of changes) yield { recipe: one.make(base), causes: [cause(one)] };
  for (const [at, one] of changes.entries()) {
    for (const other of changes.slice(at + 1)) {
      if (one.place !== other.place) yield { recipe: other.make(one.make(base)), causes: [cause(one), cause(other)] };
    }
  }
}

async function allChanges(
  request: Pasted, said: Said, secret: string, base: Recipe, hash: Hasher,
): Promise<Change[]> {
  const found = [
    ...secretChanges(secret), ...keyChanges(said, base), ...headerChanges(request, said, base),
    ...requestChanges(request, base), ...(await payloadChanges(request, hash)),
  ];
  return found;
}

const change = (id: CauseId, place: string, detail: string, part: Partial<Recipe>): Change => ({
  id, place, detail, make: (recipe) => ({ ...recipe, ...part }),
});

function secretChanges(given: string): Change[] {
  const key = given.trim();
  const bare = key.replace(/^["']|["']$/g, "");
  const spaced = [given, `${key}\n`, `${key} `, ` ${key}`, `${key}\r\n`, `${key}\r`, `${key}\t`].filter((one) => one !== key);
  return [
    ...spaced.map((one) => change("secret-space", "secret", JSON.stringify(one.replace(key, "…")), { secret: one })),
    ...[bare, `"${bare}"`, `'${bare}'`].filter((one) => one !== key).map((one) => change("secret-quotes", "secret", "", { secret: one })),
    change("secret-prefix", "secret", "", { prefix: "" }),
    change("keys-hex", "keys", "", { keys: "hex" }),
    change("hmac-swapped", "keys", "", { keys: "swapped" }),
    change("base64", "encoding", "", { encoding: "base64" }),
  ];
}

function keyChanges(said: Said, base: Recipe): Change[] {
  const days = [said.date, shifted(base.keyDate, -1), shifted(base.keyDate, 1)].filter((day) => day !== base.keyDate);
  const services = ["cwp", "hostward", "cvm", "sts", ""].filter((one) => one !== base.keyService);
  const seconds = /^\d{13}$/.test(base.timestamp) ? base.timestamp.slice(0, 10) : `${base.timestamp}000`;
  return [
    ...days.flatMap((day) => [
      change("scope-date", "date", day, { scopeDate: day, keyDate: day }),
      change("key-date", "date", day, { keyDate: day }),
      change("scope-date", "date", day, { scopeDate: day }),
    ]),
    ...services.flatMap((one) => [
      change("service", "service", one, { keyService: one, scopeService: one }),
      change("service", "service", one, { keyService: one }),
      change("service", "service", one, { scopeService: one }),
    ]),
    change("timestamp", "timestamp", seconds, { timestamp: seconds }),
    ...[-28_800, 28_800].map((by) => {
      const shiftedTime = String(Number(base.timestamp) + by);
      return change("timestamp", "timestamp", shiftedTime, { timestamp: shiftedTime });
    }),
    change("algorithm", "algorithm", "HMAC-SHA256", { algorithm: "HMAC-SHA256" }),
    change("hash-upper", "hash", "", { upperHash: true }),
  ];
}

const TYPES = [
  "application/json", "application/json; charset=utf-8", "application/json;charset=utf-8",
  "application/json; charset=UTF-8", "application/json;charset=UTF-8", "application/x-www-form-urlencoded", "text/plain",
  "text/plain;charset=UTF-8", "",
];

function headerChanges(request: Pasted, said: Said, base: Recipe): Change[] {
  const replace = (name: string, value: string) => (recipe: Recipe): Recipe => ({
    ...recipe, headers: recipe.headers.map(([sent, was]): Pair => [sent, sent === name ? value : was]),
  });
  const valueOf = (name: string) => base.headers.find(([sent]) => sent === name)?.[1];
  const withPort = (host: string) => host.replace(/:\d*$/, "") === (valueOf("host") ?? "").replace(/:\d*$/, "");
  const hosts = wrongHosts(request, said.service).filter((host) => host !== valueOf("host"));
  const types = TYPES.filter((type) => type !== valueOf("content-type"));
  const sorted = [...base.headers].sort(([one], [other]) => (one < other ? -1 : 1));
  const both = base.headers.filter(([name]) => name === "host" || name === "content-type");
  const order = (headers: Pair[]): Partial<Recipe> => ({ headers, names: headers.map(([name]) => name) });
  const orders: Change[] = [
    change("header-order", "headers", "", order(sorted)),
    change("header-order", "headers", "", order([...base.headers].reverse())),
    change("header-order", "headers", "", { headers: sorted }),
    change("header-order", "headers", "", { headers: [...base.headers].reverse() }),
    change("header-missing", "headers", "content-type;host", order(both)),
    ...base.headers.map(([left]) =>
      change("header-missing", "headers", left, { headers: base.headers.filter(([name]) => name !== left) }),
    ),
    ...base.headers.map(([left]) => change("header-missing", "headers", left, order(base.headers.filter(([name]) => name !== left)))),
    change("header-case", "headers", "", {
      headers: base.headers.map(([name, value]) => [name, name === "x-tc-action" ? value.toLowerCase() : value]),
    }),
    change("header-case", "headers", "", { headers: base.headers.map(([name, value]) => [name, value.toUpperCase()]) }),
    change("header-case", "headers", "", {
      headers: base.headers.map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (at) => at.toUpperCase()), value]),
    }),
    change("no-blank-line", "gap", "", { blankLine: false }),
  ];
  return [
    ...hosts.map((host): Change => ({
      id: withPort(host) ? "host-port" : "host", place: "host", detail: host, make: replace("host", host),
    })),
    ...types.map((type): Change => ({
      id: "content-type", place: "type", detail: type, make: replace("content-type", type),
    })),
    ...orders,
  ];
}

function requestChanges(request: Pasted, base: Recipe): Change[] {
  const pairs = decodePairs(request.query);
  const sorted = [...pairs].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0));
  const plain = (list: Pair[]) => list.map(([name, value]) => `${name}=${value}`).join("&");
  const twenty = (list: Pair[]) => encodePairs(list).replace(/\+/g, "%20");
  const bare = (list: Pair[]) => list.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
  const queries: [CauseId, string][] = request.query
    ? [
        ["query-order", request.query.split("&").sort().join("&")], ["query-order", encodePairs(sorted)],
        ["query-encoding", encodePairs(pairs)], ["query-encoding", twenty(pairs)], ["query-encoding", plain(pairs)],
        ["query-encoding", bare(pairs)], ["query-order", twenty(sorted)], ["query-order", plain(sorted)],
        ["query-left-out", ""], ["query-encoding", `?${request.query}`],
      ]
    : [];
  const uris = [request.path, "", `${request.path.replace(/\/$/, "")}/`, "/?", request.address + request.path];
  const methods = ["GET", "POST", base.method.toLowerCase()];
  return [
    ...queries.filter(([, query]) => query !== base.query).map(([id, query]) => change(id, "query", query, { query })),
    ...[...new Set(uris)].filter((uri) => uri !== "/").map((uri) => change("uri", "uri", uri, { uri })),
    ...methods.filter((one) => one !== base.method).map((method) => change("method", "method", method, { method })),
  ];
}

async function payloadChanges(request: Pasted, hash: Hasher): Promise<Change[]> {
  const body = request.body;
  const variants: [CauseId, string][] = [
    ["payload-space", `${body}\n`], ["payload-space", body.trim()], ["payload-space", `${body} `],
    ["payload-space", `${body}\r\n`], ["payload-crlf", body.replace(/\n/g, "\r\n")], ["payload-empty", ""],
    ["payload-empty", "{}"], ["payload-empty", "null"], ["payload-unsigned", UNSIGNED], ["payload-query", request.query],
    ["payload-ascii", ascii(body)], ...jsonForms(body),
  ];
  const known = new Set([body]);
  const found: Change[] = [];
  for (const [id, text] of variants) {
    if (known.has(text)) continue;
    known.add(text);
    const detail = text.length <= 60 ? text : `${text.slice(0, 60)}…`;
    found.push(change(id, "payload", detail, { payload: await hash.text(text) }));
  }
  found.push(change("payload-empty", "payload", "", { payload: "" }));
  const upper = (await hash.text(body)).toUpperCase();
  found.push(change("hash-upper", "payload", "", { payload: upper }));
  return found;
}

/** The same JSON as other libraries write it. */
function jsonForms(body: string): [CauseId, string][] {
  try {
    const value = parse(body);
    const compact = stringify(value);
    const python = spaced(compact);
    const sorted = stringify(ordered(value as Obj));
    return [
      ["payload-compact", compact], ["payload-python", python], ["payload-ascii", ascii(compact)],
      ["payload-ascii", ascii(python)], ["payload-compact", sorted], ["payload-python", spaced(sorted)],
      ["payload-python", ascii(spaced(sorted))], ["payload-space", stringify(value, 2)],
      ["payload-space", stringify(value, 4)], ["payload-compact", stringify(exact(compact))],
    ];
  } catch {
    return [];
  }
}

/** As Python's json.dumps writes it: a blank after each comma and colon that stands outside of texts. */
export function spaced(compact: string): string {
  return compact.replace(/"(?:[^"\\]|\\.)*"|[,:]/g, (part) => (part === "," || part === ":" ? `${part} ` : part));
}

/** Everything past ASCII as \u escapes. */
export function ascii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function ordered(value: Obj): Obj {
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function canonical(recipe: Recipe): string {
  const lines = recipe.headers.map(([name, value]) => `${name}:${value}\n`).join("");
  const headers = recipe.blankLine ? lines : lines.slice(0, -1);
  return [recipe.method, recipe.uri, recipe.query, headers, recipe.names.join(";"), recipe.payload].join("\n");
}

async function toSign(recipe: Recipe, hash: Hasher): Promise<string> {
  const hashed = await hash.text(canonical(recipe));
  const scope = `${recipe.scopeDate}/${recipe.scopeService}/tc3_request`;
  return [recipe.algorithm, recipe.timestamp, scope, recipe.upperHash ? hashed.toUpperCase() : hashed].join("\n");
}

async function signed(recipe: Recipe, hash: Hasher): Promise<string> {
  const key = await hash.key(recipe);
  const text = await toSign(recipe, hash);
  const made = recipe.keys === "swapped" ? await hmac(UTF8.encode(text), latin(key)) : await hmac(key, text);
  return recipe.encoding === "hex" ? hex(made) : base64(made);
}

const UTF8 = new TextEncoder();
/** Bytes as a text of as many signs, for libraries that take key and message the other way round. */
const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes);

interface Hasher {
  text(text: string): Promise<string>;
  key(recipe: Recipe): Promise<Uint8Array>;
}

/** Remembers hashes and keys: most tries differ in one place. */
function hasher(): Hasher {
  const hashes = new Map<string, Promise<string>>();
  const keys = new Map<string, Promise<Uint8Array>>();
  const kept = <T>(all: Map<string, Promise<T>>, name: string, make: () => Promise<T>) => {
    const known = all.get(name) ?? make();
    all.set(name, known);
    return known;
  };
  return {
    text: (text) => kept(hashes, text, () => sha256(text)),
    key: (recipe) => {
      const { prefix, secret, keyDate, keyService, keys: way } = recipe;
      return kept(keys, JSON.stringify([prefix, secret, keyDate, keyService, way]), () => derived(recipe));
    },
  };
}

async function derived({ prefix, secret, keyDate, keyService, keys }: Recipe): Promise<Uint8Array> {
  let key: Uint8Array = UTF8.encode(prefix + secret);
  for (const step of [keyDate, keyService, "tc3_request"]) {
    const made = keys === "swapped" ? await hmac(UTF8.encode(step), latin(key)) : await hmac(key, step);
    key = keys === "hex" ? UTF8.encode(hex(made)) : made;
  }
  return key;
}
