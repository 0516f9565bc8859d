/** Answers by their questions: shared by all who ask the same, kept while somebody looks, and for a while after. */
import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { CallError } from "./api";

/** Younger than this an answer is not asked for anew by who comes later. */
const FRESH_MS = 2_000;
/** How long an answer is kept that nobody looks at. */
const KEPT_MS = 300_000;
/** Tried again by itself is only what had no answer at all, or came too soon: any other refusal stays one. */
const TRIES_AFTER_MS = [1_000, 2_000];

export interface Answered<T> {
  data?: T;
  /** When data came, milliseconds of the clock; 0 for never. */
  at: number;
  /** Why the last try failed; data is then what came before. */
  error?: Error;
}

type Ask<T> = (signal: AbortSignal) => Promise<T>;

interface Entry {
  state: Answered<unknown>;
  text: string;
  ask: Ask<unknown>;
  watchers: Set<() => void>;
  control?: AbortController | undefined;
  asking?: Promise<void> | undefined;
  forget?: ReturnType<typeof setTimeout>;
}

const NOTHING: Answered<never> = { at: 0 };
const entries = new Map<string, Entry>();

function tell(entry: Entry, state: Answered<unknown>): void {
  entry.state = state;
  for (const watcher of entry.watchers) watcher();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Whether the same question may be answered a moment later. */
export const mayPass = (error: CallError) => error.code === "Network" || error.code === "RequestLimitExceeded";

async function answered(entry: Entry, signal: AbortSignal): Promise<unknown> {
  for (const wait of [...TRIES_AFTER_MS, 0]) {
    try {
      return await entry.ask(signal);
    } catch (error) {
      if (wait === 0 || !(error instanceof CallError) || !mayPass(error)) throw error;
      // Many tabs are refused at the same moment: they must not come back at the same moment.
      await pause(wait * (0.5 + Math.random()), signal);
      if (signal.aborted) throw error;
    }
  }
  return undefined;
}

/** Ask, unless that is under way already; resolved when the answer or the refusal is in its place. */
function fetched(entry: Entry): Promise<void> {
  if (entry.asking) return entry.asking;
  const control = new AbortController();
  const run = async () => {
    try {
      const data = await answered(entry, control.signal);
      if (control.signal.aborted) return;
      // The same answer stays the same object, so that nothing is drawn for it.
      const text = JSON.stringify(data);
      const same = entry.state.at > 0 && text === entry.text;
      entry.text = text;
      tell(entry, { data: same ? entry.state.data : data, at: Date.now() });
    } catch (error) {
      if (control.signal.aborted) return;
      tell(entry, { ...entry.state, error: error instanceof Error ? error : new Error(String(error)) });
    } finally {
      if (entry.control === control) {
        entry.control = undefined;
        entry.asking = undefined;
      }
    }
  };
  entry.control = control;
  entry.asking = run();
  return entry.asking;
}

function stop(entry: Entry): void {
  entry.control?.abort();
  entry.control = undefined;
  entry.asking = undefined;
}

function watch(key: string, ask: Ask<unknown>, freshMs: number, watcher: () => void): () => void {
  const entry: Entry = entries.get(key) ?? { state: NOTHING, text: "", ask, watchers: new Set() };
  entries.set(key, entry);
  clearTimeout(entry.forget);
  entry.ask = ask;
  entry.watchers.add(watcher);
  if (entry.state.at === 0 || Date.now() - entry.state.at > freshMs) void fetched(entry);
  return () => {
    entry.watchers.delete(watcher);
    if (entry.watchers.size > 0) return;
    stop(entry);
    entry.forget = setTimeout(() => entries.get(key) === entry && entries.delete(key), KEPT_MS);
  };
}

/** Ask what somebody will watch a moment later: a screen's first answer travels while the screen is still made. */
export function askEarly(key: string, ask: Ask<unknown>): void {
  if (entries.has(key)) return;
  const entry: Entry = { state: NOTHING, text: "", ask, watchers: new Set() };
  entry.forget = setTimeout(() => entries.get(key) === entry && entries.delete(key), KEPT_MS);
  entries.set(key, entry);
  void fetched(entry);
}

/** Forget every answer: what one user saw is not kept for the next one. */
export function forgetAll(): void {
  for (const entry of entries.values()) {
    stop(entry);
    clearTimeout(entry.forget);
  }
  entries.clear();
}

/** Answers whose key begins so are old: who looks at them gets new ones. Resolved when those are here. */
export async function renew(prefix: string): Promise<void> {
  const under: Promise<void>[] = [];
  for (const [key, entry] of entries) {
    if (!key.startsWith(prefix)) continue;
    // What was asked before the change may come without it.
    stop(entry);
    if (entry.watchers.size > 0) under.push(fetched(entry));
    else entries.delete(key);
  }
  await Promise.all(under);
}

export interface Held<T> extends Answered<T> {
  /** Neither an answer nor a refusal is there yet. */
  loading: boolean;
  refetch(): void;
}

/**
 * The answer to a question; key null asks nothing. everyMs: asked again so often while the page is seen.
 * keep: while the answer to a new question is on its way, the last one stays.
 */
export function useAnswer<T>(
  key: string | null,
  ask: Ask<T>,
  { everyMs = 0, keep = false, freshMs = FRESH_MS }: { everyMs?: number; keep?: boolean; freshMs?: number } = {},
): Held<T> {
  const latest = useRef(ask);
  latest.current = ask;
  const follow = useCallback(
    (changed: () => void) => (key === null ? () => {} : watch(key, (signal) => latest.current(signal), freshMs, changed)),
    [key, freshMs],
  );
  const state = useSyncExternalStore(follow, () => (key === null ? NOTHING : (entries.get(key)?.state ?? NOTHING))) as Answered<T>;
  const refetch = useCallback(() => {
    const entry = key === null ? undefined : entries.get(key);
    if (entry) void fetched(entry);
  }, [key]);
  useEffect(() => {
    if (key === null || everyMs === 0) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) refetch();
    }, everyMs);
    return () => clearInterval(timer);
  }, [key, everyMs, refetch]);
  const before = useRef<Answered<T>>(NOTHING);
  if (state.at > 0) before.current = state;
  const shown = keep && state.at === 0 && !state.error ? before.current : state;
  return { ...shown, loading: key !== null && shown.at === 0 && shown.error === undefined, refetch };
}
