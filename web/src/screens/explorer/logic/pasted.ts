/** A request as people paste it: a curl command, or HTTP as it went over the wire. */
import { decodePairs, encodePairs, type Pair } from "./flat";

/** headers: as sent, in their order. path: without the query. notes: what was not sure, as codes. */
export interface Pasted {
  form: "curl" | "http";
  method: string;
  /** Host and port of the address; "" where only a path was given. */
  address: string;
  path: string;
  query: string;
  headers: Pair[];
  body: string;
  notes: Note[];
}

/** file: the body is in a file. variable: a shell variable is not filled in. length: Content-Length is another. */
export interface Note {
  code: "file" | "variable" | "length" | "default-type";
  detail: string;
}

/** Why a text is no request. */
export class Unreadable extends Error {
  constructor(readonly reason: "empty" | "form" | "quote" | "no-address") {
    super(reason);
  }
}

const FORM = "application/x-www-form-urlencoded";
const START = /^([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?$/;

/** The request in a text. Raises Unreadable. */
export function readPasted(text: string): Pasted {
  const plain = text.replace(/\r\n?/g, "\n").trim();
  if (plain === "") throw new Unreadable("empty");
  const command = /^(?:\$ +)?(curl(?:\.exe)?)\s/.exec(plain);
  return command ? readCurl(plain.slice(command[0].length - 1)) : readHttp(text.replace(/\r\n?/g, "\n"));
}

/** The value of a header, the last one if it was sent twice; undefined when it was not sent. */
export function header(request: Pasted, name: string): string | undefined {
  return request.headers.findLast(([sent]) => sent.toLowerCase() === name)?.[1];
}

/** Parameters of a GET's query or a form, where signature version 1 is. */
export function flatPairs(request: Pasted): Pair[] {
  return decodePairs(request.method === "GET" ? request.query : request.body);
}

function readHttp(text: string): Pasted {
  const lines = text.replace(/^\n+/, "").split("\n").map(unmarked).filter((line) => line !== null);
  const start = START.exec(lines[0]?.trim() ?? "");
  if (start === null) throw new Unreadable("form");
  const end = lines.findIndex((line, at) => at > 0 && line.trim() === "");
  const head = lines.slice(1, end < 0 ? undefined : end);
  const headers: Pair[] = [];
  for (const line of head) {
    const at = line.indexOf(":", 1);
    if (at < 0) throw new Unreadable("form");
    headers.push([line.slice(0, at).trim(), line.slice(at + 1).trim()]);
  }
  const url = split(start[2] ?? "/");
  const body = end < 0 ? "" : lines.slice(end + 1).join("\n");
  return fitted({ form: "http", method: start[1] ?? "", ...url, headers, body, notes: [] });
}

/** A line of `curl -v` without its mark; null for one that is no part of the request. */
function unmarked(line: string): string | null {
  if (/^[*<{}] ?/.test(line) && /^(?:\* |< |[{}] \[)/.test(line)) return null;
  return /^> ?/.test(line) ? line.replace(/^> ?/, "") : line;
}

/** The body cut to Content-Length, where what was pasted has a line's end more. */
function fitted(request: Pasted): Pasted {
  const said = header(request, "content-length");
  if (said === undefined || !/^\d{1,9}$/.test(said)) return { ...request, body: request.body.replace(/\n+$/, "") };
  const length = Number(said);
  const size = (text: string) => new TextEncoder().encode(text).length;
  let body = request.body;
  while (size(body) > length && body.endsWith("\n")) body = body.slice(0, -1);
  if (size(body) === length) return { ...request, body };
  const notes: Note[] = [...request.notes, { code: "length", detail: `${length} / ${size(body)}` }];
  return { ...request, body, notes };
}

const split = (target: string): Pick<Pasted, "address" | "path" | "query"> => {
  const found = /^(?:[a-z]+:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/i.exec(target);
  return { address: found?.[1] ?? "", path: found?.[2] || "/", query: found?.[3] ?? "" };
};

const WITH_VALUE = new Set(
  `-A --user-agent -b --cookie -c --cookie-jar -C -e --referer -E --cert -K --config -m --max-time -o --output -r --range
  -T --upload-file -u --user -w --write-out -x --proxy --cacert --capath --ciphers --connect-timeout --connect-to --key
  --interface --limit-rate --max-redirs --noproxy --pass --proto --resolve --retry --retry-delay --tls-max -D
  --dump-header --unix-socket --trace --trace-ascii --stderr`.split(/\s+/),
);
const DATA = new Set(["-d", "--data", "--data-ascii", "--data-raw", "--data-binary", "--data-urlencode", "--json"]);
/** Options of one letter whose value may follow without a blank (-XPOST). */
const GLUED = /^-([XHduoAebmxw])(.+)$/s;

interface CurlState {
  method: string;
  url: string;
  headers: Pair[];
  data: string[];
  asQuery: boolean;
  json: boolean;
  notes: Note[];
}

function readCurl(text: string): Pasted {
  const { words, notes } = shellWords(text);
  const state: CurlState = { method: "", url: "", headers: [], data: [], asQuery: false, json: false, notes };
  const queue = words.flatMap((word) => {
    const glued = GLUED.exec(word);
    return glued ? [`-${glued[1]}`, glued[2] ?? ""] : [word];
  });
  while (queue.length > 0) take(state, queue.shift() ?? "", queue);
  if (state.url === "") throw new Unreadable("no-address");
  return finished(state);
}

function take(state: CurlState, word: string, rest: string[]): void {
  const value = () => rest.shift() ?? "";
  if (word === "-X" || word === "--request") state.method = value();
  else if (word === "-H" || word === "--header") takeHeader(state, value());
  else if (DATA.has(word)) takeData(state, word, value());
  else if (word === "-G" || word === "--get") state.asQuery = true;
  else if (word === "-I" || word === "--head") state.method ||= "HEAD";
  else if (word === "--url") state.url = value();
  else if (WITH_VALUE.has(word)) value();
  else if (!word.startsWith("-") && state.url === "") state.url = word;
}

function takeHeader(state: CurlState, line: string): void {
  const at = line.indexOf(":");
  if (at > 0) state.headers.push([line.slice(0, at).trim(), line.slice(at + 1).trim()]);
}

function takeData(state: CurlState, option: string, value: string): void {
  if (value.startsWith("@") && option !== "--data-raw") state.notes.push({ code: "file", detail: value });
  if (option === "--json") state.json = true;
  if (option === "--data-urlencode") {
    const at = value.indexOf("=");
    state.data.push(at < 0 ? encodeURIComponent(value) : encodePairs([[value.slice(0, at), value.slice(at + 1)]]));
  } else state.data.push(value);
}

function finished(state: CurlState): Pasted {
  const url = split(/^[a-z]+:\/\//i.test(state.url) ? state.url : `http://${state.url}`);
  const data = state.data.join(state.json ? "" : "&");
  const query = state.asQuery && data ? [url.query, data].filter(Boolean).join("&") : url.query;
  const body = state.asQuery ? "" : data;
  const method = state.method || (state.data.length > 0 && !state.asQuery ? "POST" : "GET");
  const request: Pasted = {
    form: "curl", method, ...url, query, headers: [...state.headers], body, notes: state.notes,
  };
  if (header(request, "host") === undefined) request.headers.push(["Host", url.address]);
  if (state.data.length > 0 && !state.asQuery && header(request, "content-type") === undefined) {
    const type = state.json ? "application/json" : FORM;
    request.headers.push(["Content-Type", type]);
    if (!state.json) request.notes.push({ code: "default-type", detail: type });
  }
  return request;
}

/** A command as words, as a POSIX shell splits it. Raises Unreadable when a quote is left open. */
function shellWords(text: string): { words: string[]; notes: Note[] } {
  const words: string[] = [];
  const notes: Note[] = [];
  let word: string | null = null;
  let at = 0;
  const add = (part: string) => {
    word = (word ?? "") + part;
  };
  const until = (quote: string, from: number): number => {
    for (let end = from; end < text.length; end += 1) {
      if (text[end] === "\\" && quote !== "'") end += 1;
      else if (text[end] === quote[0]) return end;
    }
    throw new Unreadable("quote");
  };
  while (at < text.length) {
    const sign = text[at] ?? "";
    if (sign === "'" || text.startsWith("$'", at)) {
      const escapes = sign === "$";
      const from = at + (escapes ? 2 : 1);
      const end = until(escapes ? "'$" : "'", from);
      add(escapes ? ansi(text.slice(from, end)) : text.slice(from, end));
      at = end + 1;
    } else if (sign === '"') {
      const end = until('"', at + 1);
      const inside = text.slice(at + 1, end);
      for (const found of inside.matchAll(/(?<!\\)\$(?:\{?(\w+)\}?|\()/g)) notes.push({ code: "variable", detail: found[0] });
      add(inside.replace(/\\([$`"\\\n])/g, (_, kept: string) => (kept === "\n" ? "" : kept)));
      at = end + 1;
    } else if (sign === "\\") {
      if (text[at + 1] !== "\n") add(text[at + 1] ?? "");
      at += 2;
    } else if (/\s/.test(sign)) {
      if (word !== null) words.push(word);
      word = null;
      at += 1;
    } else if (/[|;&>]/.test(sign)) {
      break;
    } else {
      add(sign);
      at += 1;
    }
  }
  if (word !== null) words.push(word);
  return { words, notes };
}

const ANSI: Record<string, string> = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"' };

/** $'...' as bash and the browsers' "copy as cURL" write it. */
function ansi(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{1,4})|x([0-9a-fA-F]{1,2})|(.))/gs, (_, u: string, x: string, one: string) =>
    u || x ? String.fromCharCode(Number.parseInt(u || x, 16)) : (ANSI[one] ?? `\\${one}`),
  );
}
