/** Live state of topics (docs/explanation/live-updates.md), by one stream that all tabs of a browser share. */
import { useEffect, useState } from "react";
import { CallError } from "./api";
import { whoIsSignedIn } from "./session";

export interface Topic<P> {
  /** All patches so far, merged; undefined until the first one. */
  state?: P;
  at?: Date;
  /** The stream has been down for a while: what is shown may be old. */
  stale: boolean;
  /** Rises with every change, to be used as a dependency. */
  seq: number;
  /** Why the server does not give this topic; it is not asked again for it. */
  error?: CallError;
}

type Heard =
  | { kind: "state"; topic: string; state: object; at: number }
  | { kind: "refused"; topic: string; refusal: { code: string; message: string; status: number } }
  | { kind: "up" | "down" | "gone" };

const STALE_MS = 5_000;
const ALIVE_MS = 15_000;

interface Slot {
  users: number;
  state?: object;
  at?: Date;
  seq: number;
  error?: CallError;
}

const slots = new Map<string, Slot>();
const watchers = new Set<() => void>();
let port: MessagePort | null = null;
let stale = false;
let staleTimer: ReturnType<typeof setTimeout> | undefined;

function changed(): void {
  for (const watcher of watchers) watcher();
}

function hear(heard: Heard): void {
  if (heard.kind === "gone") {
    // The session is over, or its rights have changed, or the server stops: asking tells which.
    whoIsSignedIn().catch(() => changed());
    return;
  }
  if (heard.kind === "down") {
    staleTimer ??= setTimeout(() => {
      stale = true;
      changed();
    }, STALE_MS);
    return;
  }
  const slot = "topic" in heard ? slots.get(heard.topic) : undefined;
  if (heard.kind === "refused") {
    const { code, message, status } = heard.refusal;
    if (slot) slot.error = new CallError(code, message, `GET /console/events (${heard.topic.split(":")[0]})`, "", status);
    changed();
    return;
  }
  clearTimeout(staleTimer);
  staleTimer = undefined;
  stale = false;
  if (heard.kind === "state") {
    if (slot) {
      slot.state = heard.state;
      slot.at = new Date(heard.at);
      slot.seq++;
      delete slot.error;
    }
  }
  changed();
}

function opened(): MessagePort {
  if (port) return port;
  const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), { type: "module", name: "hostward" });
  port = worker.port;
  port.onmessage = ({ data }: MessageEvent<Heard>) => hear(data);
  const live = port;
  setInterval(() => live.postMessage({ kind: "alive" }), ALIVE_MS);
  // The page is told anew when it is seen again.
  document.addEventListener("visibilitychange", say);
  new MutationObserver(say).observe(document.documentElement, { attributeFilter: ["lang"] });
  window.addEventListener("pagehide", () => live.postMessage({ kind: "close" }));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) say();
  });
  return port;
}

/** A hidden tab shows its title and its icon: they are its task's, if it has one. */
function say(): void {
  const topics = [...slots.keys()].filter((topic) => !document.hidden || topic.startsWith("task:"));
  opened().postMessage({ kind: "topics", topics, language: document.documentElement.lang, hidden: document.hidden });
}

function enter(topic: string): void {
  const slot = slots.get(topic);
  if (slot) {
    slot.users++;
    return;
  }
  slots.set(topic, { users: 1, seq: 0 });
  say();
}

function leave(topic: string): void {
  const slot = slots.get(topic);
  if (slot && --slot.users === 0) {
    slots.delete(topic);
    say();
  }
}

/** topic null: nothing is followed. */
export function useTopic<P>(topic: string | null): Topic<P> {
  const [, draw] = useState(0);
  useEffect(() => {
    if (topic === null) return undefined;
    const watcher = () => draw((n) => n + 1);
    watchers.add(watcher);
    enter(topic);
    return () => {
      watchers.delete(watcher);
      leave(topic);
    };
  }, [topic]);
  const slot = topic === null ? undefined : slots.get(topic);
  return {
    ...(slot?.state ? { state: slot.state as P } : {}),
    ...(slot?.at ? { at: slot.at } : {}),
    stale: topic !== null && stale,
    seq: slot?.seq ?? 0,
    ...(slot?.error ? { error: slot.error } : {}),
  };
}

/** The first topic of this page that the server does not give, if there is one. */
export function useRefusal(): CallError | undefined {
  const [, draw] = useState(0);
  useEffect(() => {
    const watcher = () => draw((n) => n + 1);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  for (const slot of slots.values()) if (slot.error) return slot.error;
  return undefined;
}
