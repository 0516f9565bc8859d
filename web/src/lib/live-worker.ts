/** One event stream for all tabs of this browser: each says its topics, and hears what concerns them. */

/** What is used of a shared worker's scope; its types can't stand beside those of a page. */
const scope = self as unknown as { onconnect: (opening: MessageEvent) => void };

interface Event_ {
  topic: string;
  ts: string;
  full: boolean;
  patch: Record<string, unknown>;
}

type Said = { kind: "topics"; topics: string[]; language: string; hidden: boolean } | { kind: "alive" } | { kind: "close" };

interface Refusal {
  code: string;
  message: string;
  status: number;
}

interface Tab {
  topics: Set<string>;
  heard: number;
  hidden: boolean;
  language: string;
  /** Topics of which a hidden tab has not been told. */
  untold: Set<string>;
}

const WAITS_MS = [1_000, 2_000, 5_000, 10_000];
const DEAD_MS = 45_000;
const GATHER_MS = 20;
const HIDDEN_MS = 5_000;
/** A tab that is left for less than this is not taken for left. */
const LEFT_MS = 300;
/** The server says that it is alive three times in this long. */
const SILENT_MS = 45_000;
const TOO_MANY = 429;
const SIGNED_OUT = 401;

const tabs = new Map<MessagePort, Tab>();
const states = new Map<string, { state: Record<string, unknown>; at: number }>();
/** Topics that the server does not give: asked for again only when a tab asks anew. */
const refused = new Map<string, Refusal>();
let language = "en";
let control: AbortController | null = null;
let streamed = "";
/** Of the last event of the stream: with it the server goes on where a lost connection ended. */
let last = "";
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let waiting = false;

function merged(before: Record<string, unknown> | undefined, event: Event_): Record<string, unknown> {
  if (event.full || before === undefined) return event.patch;
  const after = { ...before, ...event.patch };
  // Rows of a page come by their index; those that are not named have not changed.
  if (before.Rows && event.patch.Rows) after.Rows = { ...(before.Rows as object), ...(event.patch.Rows as object) };
  return after;
}

function asked(): string[] {
  const topics = new Set<string>();
  for (const [port, one] of tabs) {
    if (Date.now() - one.heard > DEAD_MS) tabs.delete(port);
    else for (const topic of one.topics) topics.add(topic);
  }
  return [...topics].sort();
}

function tell(message: object): void {
  for (const port of tabs.keys()) port.postMessage(message);
}

function tellState(port: MessagePort, topic: string): void {
  const known = states.get(topic);
  if (known) port.postMessage({ kind: "state", topic, state: known.state, at: known.at });
}

function heard(event: Event_): void {
  states.set(event.topic, { state: merged(states.get(event.topic)?.state, event), at: Date.now() });
  for (const [port, one] of tabs) {
    if (!one.topics.has(event.topic)) continue;
    if (one.hidden) one.untold.add(event.topic);
    else tellState(port, event.topic);
  }
}

// Nobody looks at a hidden tab: its title may be a few seconds old.
setInterval(() => {
  for (const [port, one] of tabs) {
    for (const topic of one.untold) tellState(port, topic);
    one.untold.clear();
  }
}, HIDDEN_MS);

/** As long as nobody looks at any tab the server is asked for less. A tab that is left for a moment only changes nothing. */
let unseen = false;
let leaving: ReturnType<typeof setTimeout> | undefined;

function looked(): void {
  clearTimeout(leaving);
  const all = tabs.size > 0 && [...tabs.values()].every((one) => one.hidden);
  if (all && !unseen) {
    leaving = setTimeout(() => {
      unseen = true;
      later();
    }, LEFT_MS);
  } else unseen = all;
}

const queryOf = (topics: string[]) => `${unseen ? "pace=unseen&" : ""}language=${language}&${topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join("&")}`;

/** Follow what is asked for, unless that is followed already. */
function connect(): void {
  waiting = false;
  const all = asked();
  for (const topic of [...refused.keys()]) if (!all.includes(topic)) refused.delete(topic);
  for (const topic of [...states.keys()]) if (!all.includes(topic)) states.delete(topic);
  const topics = all.filter((topic) => !refused.has(topic));
  const query = topics.length > 0 ? queryOf(topics) : "";
  if (query === streamed && control !== null) return;
  control?.abort();
  control = null;
  if (query !== streamed) last = "";
  streamed = query;
  if (query !== "") void follow(topics, query);
}

async function follow(topics: string[], query: string): Promise<void> {
  const own = new AbortController();
  control = own;
  let wait = 0;
  try {
    const headers: HeadersInit = last === "" ? {} : { "Last-Event-ID": last };
    const response = await fetch(`/console/events?${query}`, { headers, signal: own.signal, credentials: "same-origin", cache: "no-store" });
    if (response.ok && response.body) {
      failures = 0;
      tell({ kind: "up" });
      await read(response.body, own);
    } else {
      wait = await turnedAway(response, topics, own);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error; // a connection that ends is an Error, whatever ended it
  }
  if (control !== own) return;
  control = null;
  if (wait >= 0) {
    tell({ kind: "down" });
    retry(wait);
  }
}

/** Hear the stream until it ends; a connection that says nothing any more is one that has ended. */
async function read(body: ReadableStream<Uint8Array>, own: AbortController): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as unknown as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const silent = setTimeout(() => own.abort(), SILENT_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silent));
    if (done || control !== own) return;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      take(block);
    }
  }
}

function take(block: string): void {
  let kind = "message";
  let data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("id: ")) last = line.slice(4);
    else if (line.startsWith("event: ")) kind = line.slice(7);
    else if (line.startsWith("data: ")) data += line.slice(6);
  }
  if (kind === "gone") {
    last = "";
    tell({ kind: "gone" });
  } else if (data) heard(JSON.parse(data) as Event_);
}

async function refusalOf(response: Response): Promise<Refusal> {
  const answer = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
  return { code: answer.error?.code ?? "Unreadable", message: answer.error?.message ?? `HTTP ${response.status}`, status: response.status };
}

const isFinal = (status: number) => status >= 400 && status < 500 && status !== SIGNED_OUT && status !== TOO_MANY;

/** No stream was given. Returns how long to wait before the next try; -1 when another one is under way. */
async function turnedAway(response: Response, topics: string[], own: AbortController): Promise<number> {
  if (response.status === SIGNED_OUT) {
    // Tabs ask anew once somebody has signed in.
    tell({ kind: "gone" });
    control = null;
    return -1;
  }
  if (!isFinal(response.status)) return Number(response.headers.get("Retry-After") ?? 0) * 1_000;
  const said = await refusalOf(response);
  const [only] = topics;
  if (topics.length === 1 && only !== undefined) refuse(only, said);
  else for (const topic of topics) await probe(topic, own);
  if (control !== own) return -1;
  control = null;
  streamed = "";
  // All of them are given one by one, but not together: that is no refusal of any.
  if (topics.every((topic) => !refused.has(topic))) return WAITS_MS.at(-1) ?? 0;
  connect();
  return -1;
}

/** Whether one topic is what is refused. */
async function probe(topic: string, own: AbortController): Promise<void> {
  const single = new AbortController();
  own.signal.addEventListener("abort", () => single.abort());
  const response = await fetch(`/console/events?${queryOf([topic])}`, { signal: single.signal, credentials: "same-origin", cache: "no-store" });
  if (isFinal(response.status)) refuse(topic, await refusalOf(response));
  else single.abort();
}

function refuse(topic: string, refusal: Refusal): void {
  refused.set(topic, refusal);
  for (const [port, one] of tabs) if (one.topics.has(topic)) port.postMessage({ kind: "refused", topic, refusal });
}

function retry(least: number): void {
  const wait = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 10_000;
  failures++;
  waiting = true;
  clearTimeout(timer);
  timer = setTimeout(connect, Math.max(wait, least));
}

function later(): void {
  if (waiting) return;
  clearTimeout(timer);
  timer = setTimeout(connect, GATHER_MS);
}

scope.onconnect = (opening) => {
  const [port] = opening.ports;
  if (port === undefined) return;
  const fresh = (): Tab => ({ topics: new Set(), heard: Date.now(), hidden: false, language: "", untold: new Set() });
  tabs.set(port, fresh());
  port.onmessage = ({ data }: MessageEvent<Said>) => {
    if (data.kind === "close") {
      tabs.delete(port);
      looked();
      later();
      return;
    }
    const one = tabs.get(port) ?? fresh();
    one.heard = Date.now();
    tabs.set(port, one);
    if (data.kind === "alive") {
      if (control === null) later();
      return;
    }
    // There is one stream, and it speaks as the tab that chose last.
    if (data.language !== one.language) language = one.language = data.language;
    for (const topic of data.topics) {
      if (!one.topics.has(topic) || (one.hidden && !data.hidden)) tellState(port, topic);
      const refusal = refused.get(topic);
      if (refusal && !one.topics.has(topic)) refused.delete(topic);
      else if (refusal) port.postMessage({ kind: "refused", topic, refusal });
    }
    one.untold.clear();
    one.topics = new Set(data.topics);
    one.hidden = data.hidden;
    looked();
    later();
  };
};
