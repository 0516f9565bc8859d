/** Why the signature of a request is refused: looked at, computed again, and explained by the usual mistakes. */
import { flatPairs, header, type Pasted } from "./pasted";
import { dayOf, type V1Algorithm } from "./signature";
import { explainV1 } from "./explain_v1";
import { explainV3 } from "./explain_v3";

/** What can be seen without computing anything. */
export type ProblemId =
  | "unsigned" | "skip" | "malformed" | "no-timestamp" | "milliseconds" | "skew" | "date" | "host-unsigned"
  | "type-unsigned" | "unsorted" | "upper-names" | "not-sent" | "service" | "secret-space" | "secret-quotes"
  | "id-space" | "file" | "variable" | "length" | "default-type" | "method" | "plus" | "v1-method";

/** What was signed in another way than the server reads the request. */
export type CauseId =
  | "secret-space" | "secret-quotes" | "secret-prefix" | "keys-hex" | "hmac-swapped" | "host" | "host-port"
  | "content-type" | "header-order" | "header-missing" | "header-case" | "no-blank-line" | "query-order"
  | "query-encoding" | "query-left-out" | "uri" | "method" | "payload-space" | "payload-compact" | "payload-python"
  | "payload-ascii" | "payload-empty" | "payload-unsigned" | "payload-crlf" | "payload-query" | "hash-upper"
  | "timestamp" | "scope-date" | "key-date" | "service" | "base64" | "algorithm" | "v1-encoded" | "v1-unsorted"
  | "v1-slash" | "v1-digest" | "v1-signature" | "v1-url-encoded";

export interface Problem {
  id: ProblemId;
  detail: string;
}

export interface Cause {
  id: CauseId;
  /** What was signed there, where a few words can show it. */
  detail: string;
}

export interface Diagnosis {
  version: "v3" | "v1";
  problems: Problem[];
  /** Whether the server takes the signature (the clock and the key's state apart). */
  matches: boolean;
  /** What explains the signature; empty when it matches, or when nothing known explains it. */
  causes: Cause[];
  /** Canonical request (v3) or string to sign (v1): as the server makes it, and as it was signed, "" if not known. */
  ours: string;
  theirs: string;
  stringToSign: string;
  /** The right Authorization header (v3) or Signature (v1), and the one that was sent. */
  right: string;
  given: string;
}

/** What is known of the server. aliases: names that it takes for its own. now: seconds since 1970. */
export interface Server {
  services: string[];
  aliases: string[];
  now: number;
}

export const SKEW = 300;
const SHAPE =
  /^TC3-HMAC-SHA256 +Credential=([^/\s]+)\/(\d{4}-\d\d-\d\d)\/([\w.-]+)\/tc3_request, *SignedHeaders=([^,\s]+), *Signature=([0-9a-fA-F]{64}) *$/;

export interface Said {
  secretId: string;
  date: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

/** The Authorization header, taken apart; null when it has another form. */
export function authorizationOf(text: string): Said | null {
  const found = SHAPE.exec(text.trim());
  if (found === null) return null;
  const [, secretId = "", date = "", service = "", names = "", signature = ""] = found;
  return { secretId, date, service, signedHeaders: names.split(";"), signature };
}

/** The whole diagnosis. secretKey: as it was given, blanks and all. */
export async function diagnose(request: Pasted, secretKey: string, server: Server): Promise<Diagnosis> {
  const problems = request.notes.map((note): Problem => ({ id: note.code, detail: note.detail }));
  if (!["GET", "POST"].includes(request.method)) problems.push({ id: "method", detail: request.method });
  secretProblems(secretKey, problems);
  const authorization = header(request, "authorization");
  if (authorization === undefined) return diagnoseV1(request, secretKey, server, problems);
  const said = authorizationOf(authorization);
  if (said === null) {
    problems.push({ id: authorization.trim() === "SKIP" ? "skip" : "malformed", detail: authorization });
    return nothing("v3", problems, authorization);
  }
  lookAt(request, said, server, problems);
  const explained = await explainV3(request, said, secretKey, server);
  return { version: "v3", problems, given: authorization, ...explained };
}

async function diagnoseV1(request: Pasted, secretKey: string, server: Server, problems: Problem[]): Promise<Diagnosis> {
  const pairs = flatPairs(request);
  const value = (name: string) => pairs.find(([sent]) => sent === name)?.[1];
  const given = value("Signature");
  if (given === undefined) {
    problems.push({ id: "unsigned", detail: "" });
    return nothing("v3", problems, "");
  }
  const method = value("SignatureMethod") ?? "HmacSHA1";
  if (method !== "HmacSHA1" && method !== "HmacSHA256") {
    problems.push({ id: "v1-method", detail: method });
    return nothing("v1", problems, given);
  }
  if (given.includes(" ")) problems.push({ id: "plus", detail: given });
  if (/\s/.test(value("SecretId") ?? "")) problems.push({ id: "id-space", detail: "" });
  clockProblems(value("Timestamp"), server, problems);
  const explained = await explainV1(request, pairs, secretKey, method as V1Algorithm, server);
  return { version: "v1", problems, given, ...explained };
}

function nothing(version: Diagnosis["version"], problems: Problem[], given: string): Diagnosis {
  return { version, problems, matches: false, causes: [], ours: "", theirs: "", stringToSign: "", right: "", given };
}

function secretProblems(secret: string, problems: Problem[]): void {
  if (secret !== secret.trim()) problems.push({ id: "secret-space", detail: "" });
  else if (/^(["']).*\1$/.test(secret)) problems.push({ id: "secret-quotes", detail: "" });
}

function lookAt(request: Pasted, said: Said, server: Server, problems: Problem[]): void {
  const names = said.signedHeaders;
  const timestamp = header(request, "x-tc-timestamp");
  clockProblems(timestamp, server, problems);
  const day = dayOf(Number(timestamp));
  if (timestamp && /^\d{1,11}$/.test(timestamp) && day !== said.date) {
    problems.push({ id: "date", detail: `${said.date} / ${day}` });
  }
  if (!names.includes("host")) problems.push({ id: "host-unsigned", detail: "" });
  if (!names.includes("content-type")) problems.push({ id: "type-unsigned", detail: "" });
  if (names.join() !== [...names].sort().join()) problems.push({ id: "unsorted", detail: names.join(";") });
  if (names.some((name) => name !== name.toLowerCase())) problems.push({ id: "upper-names", detail: names.join(";") });
  const missing = names.filter((name) => header(request, name.toLowerCase()) === undefined);
  if (missing.length > 0) problems.push({ id: "not-sent", detail: missing.join(", ") });
  const labels = [header(request, "host") ?? "", ...server.aliases].map((host) => host.split(".")[0]);
  if (![...server.services, ...labels].includes(said.service)) problems.push({ id: "service", detail: said.service });
}

function clockProblems(timestamp: string | undefined, server: Server, problems: Problem[]): void {
  if (timestamp === undefined || timestamp === "") problems.push({ id: "no-timestamp", detail: "" });
  else if (/^\d{13}$/.test(timestamp)) problems.push({ id: "milliseconds", detail: timestamp });
  else if (Math.abs(Number(timestamp) - server.now) > SKEW) {
    problems.push({ id: "skew", detail: String(Math.round(Number(timestamp) - server.now)) });
  }
}

/** Hosts that the server tries: as sent, without a scheme, without the port, and its own names. */
export function hostCandidates(host: string, aliases: string[]): string[] {
  const bare = host.includes("://") ? host.slice(host.indexOf("://") + 3) : host;
  return [...new Set([host, bare, bare.replace(/:\d*$/, ""), ...aliases])];
}

/** Hosts that people sign by mistake. */
export function wrongHosts(request: Pasted, service: string): string[] {
  const host = header(request, "host") ?? request.address;
  const name = host.replace(/^[a-z]+:\/\//i, "").replace(/:\d*$/, "");
  const port = /:\d+$/.exec(host)?.[0] ?? "";
  const names = [
    request.address, request.address.replace(/:\d+$/, ""), `http://${host}`, `https://${host}`, `${host}/`, "",
    `${name}:80`, `${name}:443`, host.toLowerCase(), `localhost${port}`, `127.0.0.1${port}`, "localhost", "127.0.0.1",
    ...[service, "cwp", "hostward", "cvm"].flatMap((one) => [
      `${one}.tencentcloudapi.com`, `${one}.intl.tencentcloudapi.com`, `${one}.ap-guangzhou.tencentcloudapi.com`,
    ]),
  ];
  return [...new Set(names)];
}

