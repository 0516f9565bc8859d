/** Calls of the server's actions, by the session of this browser. */
import { held, hold } from "./session";

export type Service = "hostward" | "cwp";

const VERSIONS: Record<Service, string> = { hostward: "2026-12-01", cwp: "2018-02-28" };
const KEPT = 50;

/** A refusal, or no answer at all (code "Network"). permission: the one that is missing, where that is the reason. */
export class CallError extends Error {
  readonly permission?: string;

  constructor(
    readonly code: string,
    message: string,
    readonly action: string,
    readonly requestId = "",
    readonly status = 200,
  ) {
    super(message);
    const missing = code === "AuthFailure.UnauthorizedOperation" ? /\b[a-z]+:[a-z]+\b/.exec(message) : null;
    if (missing) this.permission = missing[0];
  }
}

/** A call as the API button shows it. code: "" when it was answered. */
export interface Recent {
  service: Service;
  action: string;
  parameters: object;
  at: Date;
  ms: number;
  code: string;
}

let calls: Recent[] = [];
const watchers = new Set<() => void>();

export const recent = {
  /** Newest first; the same array until something is called. */
  list: (): Recent[] => calls,
  subscribe(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
};

function note(one: Recent): void {
  calls = [one, ...calls].slice(0, KEPT);
  for (const watcher of watchers) watcher();
}

interface Envelope {
  Response?: { RequestId?: string; Error?: { Code: string; Message: string } };
}

/** Call an action; its answer without RequestId. Raises CallError, or AbortError when the signal says so. */
export async function call<T>(
  service: Service,
  action: string,
  parameters: object = {},
  signal?: AbortSignal,
): Promise<T> {
  const at = new Date();
  const begin = performance.now();
  const done = (code: string) => note({ service, action, parameters, at, ms: performance.now() - begin, code });
  let response: Response;
  try {
    response = await fetch("/", {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-TC-Action": action,
        "X-TC-Version": VERSIONS[service],
        "X-TC-Language": document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en-US",
        "X-Hostward-CSRF": held()?.csrf ?? "",
      },
      body: JSON.stringify(parameters),
      credentials: "same-origin",
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    done("Network");
    throw new CallError("Network", "The server did not answer.", action, "", 0);
  }
  const envelope = (await response.json().catch(() => ({}))) as Envelope;
  const answer = envelope.Response;
  if (answer === undefined) {
    done("Unreadable");
    throw new CallError("Unreadable", `The answer (HTTP ${response.status}) is none of this API.`, action, "", response.status);
  }
  const { RequestId = "", Error: refusal, ...members } = answer;
  done(refusal?.Code ?? "");
  if (refusal === undefined) return members as T;
  // Signed out elsewhere, or the session is over: the gate shows the sign-in page.
  if (refusal.Code === "AuthFailure.InvalidAuthorization") hold(null);
  throw new CallError(refusal.Code, refusal.Message, action, RequestId, response.status);
}
