/** The address of the page, and everything that changes it. */
import { type AnchorHTMLAttributes, type MouseEvent, useCallback, useMemo, useSyncExternalStore } from "react";

const CHANGED = "hostward:navigated";

function subscribe(changed: () => void): () => void {
  window.addEventListener("popstate", changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener("popstate", changed);
    window.removeEventListener(CHANGED, changed);
  };
}

const address = () => window.location.pathname + window.location.search;

/** Go to a path of this console ("/tasks?state=Done"). */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === address() + window.location.hash) return;
  window.history[options.replace ? "replaceState" : "pushState"](null, "", to);
  window.dispatchEvent(new Event(CHANGED));
}

export function useAddress(): string {
  return useSyncExternalStore(subscribe, address);
}

/** Values of ":name" in a pattern like "/tasks/:module/:task"; null when the path is another one. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/");
  const given = path.replace(/(.)\/$/, "$1").split("/");
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    if (part.startsWith(":")) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return null;
      }
    } else if (part !== value) return null;
  }
  return params;
}

let patterns: readonly string[] = [];

/** The table of routes says once which patterns there are. */
export function declareRoutes(all: readonly string[]): void {
  patterns = all;
}

export interface Route {
  path: string;
  /** The pattern that the path meets, "" for none. */
  pattern: string;
  params: Record<string, string>;
  search: URLSearchParams;
}

/** Where the page is now. */
export function routeHere(here = address()): Route {
  const url = new URL(here, window.location.origin);
  for (const pattern of patterns) {
    const params = match(pattern, url.pathname);
    if (params) return { path: url.pathname, pattern, params, search: url.searchParams };
  }
  return { path: url.pathname, pattern: "", params: {}, search: url.searchParams };
}

export function useRoute(): Route {
  const here = useAddress();
  return useMemo(() => routeHere(here), [here]);
}

export type UrlValue = string | number | boolean | string[];

function read(text: string[], standard: UrlValue): UrlValue {
  const [first] = text;
  if (Array.isArray(standard)) return text.length > 0 ? text : standard;
  if (first === undefined) return standard;
  if (typeof standard === "number") return /^-?\d{1,15}$/.test(first) ? Number(first) : standard;
  if (typeof standard === "boolean") return first === "1";
  return first;
}

const same = (one: UrlValue, other: UrlValue) => String(one) === String(other);

/** What the query string says, and the defaults of what it does not. */
export function urlState<S extends Record<string, UrlValue>>(search: URLSearchParams, defaults: S): S {
  return Object.fromEntries(Object.keys(defaults).map((name) => [name, read(search.getAll(name), defaults[name] ?? "")])) as S;
}

/** State that lives in the query string; what equals its default is left out. */
export function useUrlState<S extends Record<string, UrlValue>>(defaults: S): [S, (change: Partial<S>) => void] {
  const { search } = useRoute();
  const state = urlState(search, defaults);
  const text = JSON.stringify(state);
  const change = useCallback((wanted: Partial<S>) => {
    const url = new URL(window.location.href);
    for (const [name, value] of Object.entries(wanted)) {
      url.searchParams.delete(name);
      if (value === undefined || same(value, defaults[name] ?? "")) continue;
      if (Array.isArray(value)) for (const one of value) url.searchParams.append(name, one);
      else url.searchParams.set(name, typeof value === "boolean" ? (value ? "1" : "0") : String(value));
    }
    navigate(url.pathname + url.search, { replace: true });
    // The defaults of a screen never change while it is shown.
  }, []);
  return [useMemo(() => JSON.parse(text) as S, [text]), change];
}

export function Link({ to, onClick, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || elsewhere || (rest.target && rest.target !== "_self")) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={to} onClick={go} />;
}
