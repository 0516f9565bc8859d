/** One event stream for all tabs of this browser: each says its topics, and hears what concerns them. */

/** What is used of a shared worker's scope; its types can't stand beside those of a page. */
const scope = self as unknown as { onconnect: (opening: MessageEvent) => void };

interface Event_ {
  topic: string;
  ts: string;
  full: boolean;
  patch: Record<string, unknown>;
}

type Said = { kind: "topics"; topics: string[] } | { kind: "alive" } | { kind: "close" };

const WAITS_MS = [1_000, 2_000, 5_000, 10_000];
const DEAD_MS = 45_000;
const GATHER_MS = 20;

const ports = new Map<MessagePort, { topics: Set<string>; heard: number }>();
const states = new Map<string, Record<string, unknown>>();
let stream: EventSource | null = null;
let streamed = "";
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

function merged(before: Record<string, unknown> | undefined, event: Event_): Record<string, unknown> {
  if (event.full || before === undefined) return event.patch;
  const after = { ...before, ...event.patch };
  // Rows of a page come by their index; those that are not named have not changed.
  if (before.Rows && event.patch.Rows) after.Rows = { ...(before.Rows as object), ...(event.patch.Rows as object) };
  return after;
}

function wanted(): string[] {
  const topics = new Set<string>();
  for (const [port, one] of ports) {
    if (Date.now() - one.heard > DEAD_MS) ports.delete(port);
    else for (const topic of one.topics) topics.add(topic);
  }
  return [...topics].sort();
}

function tell(message: object, topic?: string): void {
  for (const [port, one] of ports) if (topic === undefined || one.topics.has(topic)) port.postMessage(message);
}

function connect(): void {
  const topics = wanted();
  const query = topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join("&");
  if (query === streamed && stream !== null) return;
  stream?.close();
  stream = null;
  streamed = query;
  for (const topic of states.keys()) if (!topics.includes(topic)) states.delete(topic);
  if (topics.length === 0) return;
  const opened = new EventSource(`/console/events?${query}`);
  stream = opened;
  opened.onopen = () => {
    failures = 0;
    tell({ kind: "up" });
  };
  opened.onmessage = (message) => {
    const event = JSON.parse(message.data as string) as Event_;
    const state = merged(states.get(event.topic), event);
    states.set(event.topic, state);
    tell({ kind: "state", topic: event.topic, state, at: Date.now() }, event.topic);
  };
  opened.addEventListener("gone", () => {
    opened.close();
    stream = null;
    tell({ kind: "gone" });
    retry();
  });
  opened.onerror = () => {
    if (stream !== opened) return;
    opened.close();
    stream = null;
    tell({ kind: "down" });
    retry();
  };
}

function retry(): void {
  const wait = WAITS_MS[Math.min(failures, WAITS_MS.length - 1)] ?? 10_000;
  failures++;
  clearTimeout(timer);
  timer = setTimeout(connect, wait);
}

function later(): void {
  clearTimeout(timer);
  timer = setTimeout(connect, GATHER_MS);
}

scope.onconnect = (opening) => {
  const [port] = opening.ports;
  if (port === undefined) return;
  ports.set(port, { topics: new Set(), heard: Date.now() });
  port.onmessage = ({ data }: MessageEvent<Said>) => {
    const one = ports.get(port) ?? { topics: new Set<string>(), heard: 0 };
    one.heard = Date.now();
    if (data.kind === "close") {
      ports.delete(port);
      later();
      return;
    }
    ports.set(port, one);
    if (data.kind === "alive") {
      if (stream === null) later();
      return;
    }
    for (const topic of data.topics) {
      const known = states.get(topic);
      if (known && !one.topics.has(topic)) port.postMessage({ kind: "state", topic, state: known, at: Date.now() });
    }
    one.topics = new Set(data.topics);
    later();
  };
};
