/** Data of screens: one call, one act, or a list of any length read by its pages. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { call, CallError, type Service } from "./api";
import { askEarly, mayPass, renew, useAnswer } from "./cache";

export interface Called<T> {
  data?: T;
  error?: CallError;
  loading: boolean;
  asOf?: Date;
  refetch(): void;
}

/** The name first, so that an act can say whose answers it has made old; the language, as answers have words too. */
const keyOf = (service: Service, action: string, parameters: object) => `${action} ${service} ${document.documentElement.lang} ${JSON.stringify(parameters)}`;

/** parameters null: nothing is asked. refetchMs: asked again so often. keep: the last answer stays until the next. */
export function useCall<T>(
  service: Service,
  action: string,
  parameters: object | null,
  options: { refetchMs?: number; keep?: boolean } = {},
): Called<T> {
  const { data, at, error, loading, refetch } = useAnswer<T>(
    parameters === null ? null : keyOf(service, action, parameters),
    (signal) => call<T>(service, action, parameters ?? {}, signal),
    { everyMs: options.refetchMs ?? 0, keep: options.keep ?? false },
  );
  const shown = error && !(error instanceof CallError) ? new CallError("ConsoleDefect", error.message, action) : error;
  return {
    ...(at > 0 ? { data: data as T, asOf: new Date(at) } : {}),
    ...(shown ? { error: shown } : {}),
    loading,
    refetch,
  };
}

export interface Act<T, P extends object> {
  run(parameters: P): Promise<T>;
  busy: boolean;
  error?: CallError;
  reset(): void;
}

/** An action that changes something. refresh: actions whose answers are stale once it is done. */
export function useAct<T, P extends object>(
  service: Service,
  action: string,
  options: { done?: (answer: T, parameters: P) => void; refresh?: string[] } = {},
): Act<T, P> {
  const [state, setState] = useState<{ busy: boolean; error?: CallError }>({ busy: false });
  const latest = useRef(options);
  latest.current = options;
  const run = useCallback(
    async (parameters: P): Promise<T> => {
      setState({ busy: true });
      try {
        const answer = await call<T>(service, action, parameters);
        setState({ busy: false });
        const { refresh = [], done } = latest.current;
        await Promise.all(refresh.map((name) => renew(`${name} `)));
        done?.(answer, parameters);
        return answer;
      } catch (error) {
        setState(error instanceof CallError ? { busy: false, error } : { busy: false });
        throw error;
      }
    },
    [action, service],
  );
  return { run, reset: useCallback(() => setState({ busy: false }), []), ...state };
}

/** Ask what useCall will be asked a moment later with the same parameters. */
export function callAhead(service: Service, action: string, parameters: object): void {
  askEarly(keyOf(service, action, parameters), (signal) => call(service, action, parameters, signal));
}

type Page = Record<string, unknown> & { TotalCount: number };

const AHEAD_MS = 2_000;
/** here: the answer, once it came. */
const early = new Map<string, { answer: Promise<Page>; here?: Page }>();

/** Ask for the first page of a list that usePages will read a moment later, once more is known of what is shown. */
export function askAhead(service: Service, action: string, parameters: object, pageSize = 100): void {
  const asked = { ...parameters, Limit: pageSize, Offset: 0 };
  const key = keyOf(service, action, asked);
  if (early.has(key)) return;
  const one: { answer: Promise<Page>; here?: Page } = { answer: call<Page>(service, action, asked) };
  one.answer.then(
    (page) => {
      one.here = page;
    },
    // Whoever reads it is told of a refusal; nobody may.
    () => early.delete(key),
  );
  early.set(key, one);
  setTimeout(() => early.delete(key), AHEAD_MS);
}

function takenAhead(service: Service, action: string, asked: object): Promise<Page> | undefined {
  const key = keyOf(service, action, asked);
  const one = early.get(key);
  early.delete(key);
  return one?.answer;
}

/** A list on the server, of which only the pages around what is seen are here. */
export interface Pages<Row> {
  total: number;
  row(index: number): Row | undefined;
  /** These rows are seen: read what is missing of them. */
  want(first: number, last: number): void;
  /** True until the first page is here. */
  loading: boolean;
  error?: CallError;
  asOf?: Date;
  refetch(): void;
  patch(index: number, row: Row): void;
}

const PAGES_KEPT = 20;
const BETWEEN_MS = 200;
const SETTLE_MS = 80;
/** Waits before a page is asked for again that had no answer or came too soon. */
const AGAIN_MS = [1_000, 2_000];

interface Held<Row> {
  key: string;
  total: number;
  pages: Map<number, { rows: Row[]; used: number }>;
  error?: CallError;
  asOf?: Date;
  /** Pages read before a refetch are shown until they are read anew. */
  old: Set<number>;
}

function empty<Row>(key: string): Held<Row> {
  return { key, total: 0, pages: new Map(), old: new Set() };
}

function firstOf<Row>(key: string, page: Page | undefined, rowsOf: string): Held<Row> | undefined {
  if (page === undefined) return undefined;
  const rows = (page[rowsOf] ?? []) as Row[];
  return { ...empty<Row>(key), total: page.TotalCount, pages: new Map([[0, { rows, used: performance.now() }]]), asOf: new Date() };
}

/** parameters null: nothing is asked yet. rowsOf: the member of the answer that holds the rows. */
export function usePages<Row>(
  service: Service,
  action: string,
  parameters: object | null,
  rowsOf: string,
  pageSize = 100,
): Pages<Row> {
  const key = JSON.stringify([service, action, document.documentElement.lang, parameters]);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const held = useRef<Held<Row>>(undefined as never);
  // What was asked ahead and is here already is drawn at once: no skeleton for one frame, no second drawing.
  held.current ??= (parameters && firstOf<Row>(key, early.get(keyOf(service, action, { ...parameters, Limit: pageSize, Offset: 0 }))?.here, rowsOf)) ?? empty(key);
  if (held.current.key !== key) {
    // The rows of another filter stay in sight, marked old, until the new first page is here.
    const before = held.current;
    held.current = { ...empty<Row>(key), total: before.total, pages: new Map(before.pages), old: new Set(before.pages.keys()) };
  }
  const wanted = useRef<[number, number]>([0, pageSize - 1]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lastAsked = useRef(0);
  const asking = useRef<AbortController>(undefined);
  const again = useRef<ReturnType<typeof setTimeout>>(undefined);
  const tries = useRef(0);

  const read = useCallback(async () => {
    const here = held.current;
    if (parameters === null || asking.current !== undefined) return;
    const [first, last] = wanted.current;
    const start = Math.max(0, Math.floor(first / pageSize));
    const end = Math.floor(Math.max(first, last) / pageSize);
    let page = -1;
    for (let at = start; at <= end && page < 0; at++) {
      const inside = at === 0 || here.asOf === undefined || at * pageSize < here.total;
      if (inside && (!here.pages.has(at) || here.old.has(at))) page = at;
    }
    if (page < 0) return;
    const control = new AbortController();
    asking.current = control;
    lastAsked.current = performance.now();
    try {
      const asked = { ...parameters, Limit: pageSize, Offset: page * pageSize };
      const answer = await (takenAhead(service, action, asked) ?? call<Page>(service, action, asked, control.signal));
      if (held.current !== here) return;
      if (here.asOf === undefined) {
        // What was shown of another filter ends with the first page of this one.
        for (const at of here.old) here.pages.delete(at);
        here.old.clear();
      }
      here.pages.set(page, { rows: (answer[rowsOf] ?? []) as Row[], used: performance.now() });
      here.old.delete(page);
      here.total = answer.TotalCount;
      here.asOf = new Date();
      delete here.error;
      tries.current = 0;
      const kept = [...here.pages].sort((one, other) => other[1].used - one[1].used);
      for (const [at] of kept.slice(PAGES_KEPT)) here.pages.delete(at);
    } catch (error) {
      if (error instanceof CallError && held.current === here) {
        here.error = error;
        const wait = mayPass(error) ? AGAIN_MS[tries.current++] : undefined;
        if (wait !== undefined) {
          again.current = setTimeout(() => {
            delete here.error;
            void read();
          }, wait * (0.5 + Math.random()));
        }
      }
    } finally {
      if (asking.current === control) asking.current = undefined;
    }
    if (held.current === here) draw();
    if (held.current !== here || here.error === undefined) soon.current();
  }, [action, pageSize, parameters === null, key, rowsOf, service]);

  const soon = useRef(() => {});
  soon.current = () => {
    clearTimeout(timer.current);
    const rest = BETWEEN_MS - (performance.now() - lastAsked.current);
    timer.current = setTimeout(() => void read(), Math.max(rest, held.current.asOf === undefined ? 0 : SETTLE_MS));
  };

  useEffect(() => {
    wanted.current = [0, pageSize - 1];
    void read();
    return () => {
      clearTimeout(timer.current);
      clearTimeout(again.current);
      asking.current?.abort();
      asking.current = undefined;
    };
  }, [read, pageSize]);

  const here = held.current;
  const act = useMemo(
    () => ({
      row(index: number): Row | undefined {
        const page = held.current.pages.get(Math.floor(index / pageSize));
        return page?.rows[index % pageSize];
      },
      want(first: number, last: number) {
        wanted.current = [first, last];
        for (let at = Math.floor(first / pageSize); at <= Math.floor(last / pageSize); at++) {
          const page = held.current.pages.get(at);
          if (page) page.used = performance.now();
        }
        soon.current();
      },
      refetch() {
        const now = held.current;
        for (const at of now.pages.keys()) now.old.add(at);
        delete now.error;
        soon.current();
      },
      patch(index: number, row: Row) {
        const page = held.current.pages.get(Math.floor(index / pageSize));
        if (page === undefined || index % pageSize >= page.rows.length) return;
        page.rows[index % pageSize] = row;
        draw();
      },
    }),
    [pageSize],
  );
  return {
    ...act,
    total: here.total,
    loading: here.asOf === undefined && here.pages.size === 0 && here.error === undefined,
    ...(here.error ? { error: here.error } : {}),
    ...(here.asOf ? { asOf: here.asOf } : {}),
  };
}
