/** A browser whose server is the samples: nothing that is done in it reaches the real one, or stays. */
import type { Session } from "@/lib/session";
import { answer, type Asked, type State, topicState } from "./answers";

export interface Wish {
  /** Before each answer. */
  delayMs: number;
  state: State;
  chinese: boolean;
  theme: "" | "light" | "dark";
  signedIn: boolean;
  permissions: string[];
}

const REQUEST_ID = "0f3c8a52-6a0b-4f0e-9d1c-5f2b6b0d8e11";
const HELD_BACK = "AuthFailure.UnauthorizedOperation";
const SCHEMAS: Record<string, string> = { "2018-02-28": "/schema/cwp/2018-02-28.json", "2026-12-01": "/schema/hostward/2026-12-01.json" };
/** In the state "stale" the server answers at first, and then no more. */
const ANSWERS_MS = 1_500;

interface Document_ {
  actions: { name: string; permission: string; changes: boolean; examples?: { answer?: { Response?: object } }[] }[];
}

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json" } });
const refusal = (Code: string, Message: string) => json({ Response: { Error: { Code, Message }, RequestId: REQUEST_ID } });
const never = (signal: AbortSignal | null | undefined) =>
  new Promise<Response>((_, reject) => signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))));

/** Put the samples in the place of the server. */
export function enter(wish: Wish): void {
  const real = window.fetch.bind(window);
  const begin = performance.now();
  const documents = new Map<string, Promise<Document_>>();
  const schema = (version: string) => {
    const known = documents.get(version) ?? real(SCHEMAS[version] ?? "/").then((got) => got.json() as Promise<Document_>);
    documents.set(version, known);
    return known;
  };

  const act = async (init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    const name = headers.get("X-TC-Action") ?? "";
    const one = (await schema(headers.get("X-TC-Version") ?? "")).actions.find((action) => action.name === name);
    if (wish.state === "loading") return never(init.signal);
    if (wish.delayMs > 0) await new Promise((done) => setTimeout(done, wish.delayMs));
    if (wish.state === "error") return refusal("InternalError", wish.chinese ? "服务器内部错误，请稍后重试。" : "The database did not answer in time: try again.");
    if (wish.state === "denied") return refusal(HELD_BACK, `the user "admin" lacks the permission ${one?.permission || "scan:read"}`);
    if (wish.state === "stale" && performance.now() - begin > ANSWERS_MS) throw new TypeError("no answer");
    const asked: Asked = { state: wish.state, chinese: wish.chinese, parameters: JSON.parse(String(init.body ?? "{}")) as Record<string, unknown> };
    const found = answer(name, asked) ?? one?.examples?.find((example) => example.answer?.Response)?.answer?.Response;
    return json({ Response: { ...(found ?? {}), RequestId: REQUEST_ID } });
  };

  window.fetch = (input, init = {}) => {
    const path = typeof input === "string" ? input : input instanceof URL ? input.pathname : new URL(input.url).pathname;
    if (path === "/console/session" && (init.method ?? "GET") === "GET") {
      return Promise.resolve(wish.signedIn ? json(session(wish)) : new Response(null, { status: 204 }));
    }
    if (path.startsWith("/console/")) return Promise.resolve(json({ error: { code: "NoSuchUser", message: wish.chinese ? "用户名或密码错误。" : "The name or the password is wrong." } }, 401));
    if (path.startsWith("/schema/")) return wish.state === "loading" ? never(init.signal) : wish.state === "error" ? Promise.resolve(json({}, 503)) : real(input, init);
    return init.method === "POST" ? act(init) : real(input, init);
  };
  Object.defineProperty(window, "localStorage", { value: storageOf(wish) });
  Object.defineProperty(window, "SharedWorker", { value: workerOf(wish) });
  if (wish.theme) document.documentElement.dataset.theme = wish.theme;
  else delete document.documentElement.dataset.theme;
}

function session(wish: Wish): Session {
  return {
    user: "admin", role: "administrator", tags: [], account: "default", csrf: "sample", expires: new Date(Date.now() + 40_000_000).toISOString(), must_set_password: false,
    totp: false, version: "0.1.0", endpoint: window.location.host, tls: false, permissions: wish.permissions, time_zone: "UTC", rate: 20,
  };
}

/** Choices that are made here end with the page. */
function storageOf(wish: Wish): Storage {
  const kept = new Map([["hostward.language", wish.chinese ? "zh" : "en"], ...(wish.theme ? [["hostward.theme", wish.theme] as const] : [])]);
  return {
    get length() {
      return kept.size;
    },
    clear: () => kept.clear(),
    getItem: (name) => kept.get(name) ?? null,
    key: (index) => [...kept.keys()][index] ?? null,
    removeItem: (name) => void kept.delete(name),
    setItem: (name, value) => void kept.set(name, value),
  };
}

/** The worker of the live stream: it says each topic once; in the state "stale" it has lost its server. */
function workerOf(wish: Wish) {
  return class {
    readonly port = Object.assign(new EventTarget(), {
      onmessage: null as ((event: { data: unknown }) => void) | null,
      postMessage: (said: { kind: string; topics?: string[] }) => {
        const tell = (data: unknown) => setTimeout(() => this.port.onmessage?.({ data }), wish.delayMs);
        if (wish.state === "stale") return void tell({ kind: "down" });
        if (said.kind !== "topics" || ["loading", "error", "denied"].includes(wish.state)) return;
        const asked: Asked = { state: wish.state, chinese: wish.chinese, parameters: {} };
        for (const topic of said.topics ?? []) tell({ kind: "state", topic, state: topicState(topic, asked), at: Date.now() });
      },
    });
  };
}
