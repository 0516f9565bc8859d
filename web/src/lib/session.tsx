/** Who is signed in, and what they may do. */
import { createContext, type ReactNode, useContext } from "react";

export interface Session {
  user: string;
  role: string;
  tags: string[];
  account: string | number;
  csrf: string;
  /** ISO time, UTC. */
  expires: string;
  must_set_password: boolean;
  totp: boolean;
  version: string;
  /** HOST:PORT as the browser asked. */
  endpoint: string;
  tls: boolean;
  permissions: string[];
  /** IANA name of the zone that times of answers are in. */
  time_zone: string;
  /** Requests of one action that a user may send in a second. */
  rate: number;
}

declare global {
  interface Window {
    /** The first answer of /console/session, asked for by boot.js before any other script was there. */
    hostwardSession?: Promise<Response>;
  }
}

/** A refusal of /console/...: its code, and words for people. */
export class SessionError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** Seconds until the next try is taken, 0 for now. */
    readonly retryAfter: number,
  ) {
    super(message);
  }
}

let current: Session | null = null;
const watchers = new Set<() => void>();

/** The session as it was last heard of; null: signed out. */
export function held(): Session | null {
  return current;
}

export function hold(session: Session | null): void {
  current = session;
  for (const watcher of watchers) watcher();
}

export function onSession(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** One request to a path below /console/. Raises SessionError; code "Network" when nothing came back. */
export async function askConsole<T>(method: string, path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (current) headers["X-Hostward-CSRF"] = current.csrf;
  const sent = method === "GET" ? null : JSON.stringify(body ?? {});
  return answerOf<T>(fetch(path, { method, headers, body: sent, credentials: "same-origin" }));
}

async function answerOf<T>(asked: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await asked;
  } catch {
    throw new SessionError("Network", "The server did not answer.", 0, 0);
  }
  if (response.status === 204) return undefined as T;
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer as T;
  const error = (answer as { error?: { code?: string; message?: string; retry_after?: number } } | null)?.error;
  throw new SessionError(
    error?.code ?? "Unreadable",
    error?.message ?? `The server answered ${response.status} without words.`,
    response.status,
    error?.retry_after ?? 0,
  );
}

/** Ask who is signed in; null for nobody, of which the server says nothing. */
export async function whoIsSignedIn(): Promise<Session | null> {
  try {
    const early = window.hostwardSession;
    delete window.hostwardSession;
    const asked = early ? answerOf<Session | undefined>(early) : askConsole<Session | undefined>("GET", "/console/session");
    const session = (await asked) ?? null;
    hold(session);
    return session;
  } catch (error) {
    if (error instanceof SessionError && error.status === 401) {
      hold(null);
      return null;
    }
    throw error;
  }
}

export async function signOut(): Promise<void> {
  try {
    await askConsole("DELETE", "/console/session");
  } finally {
    hold(null);
  }
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** The signed-in user; only below the session gate. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession outside of the session gate");
  return session;
}

/** Whether the user has a permission, for offering what they may use; the server decides anyway. */
export function useCan(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}
