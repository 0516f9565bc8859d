/** What the parts of the Explorer share. */
import { CallError, type Service } from "@/lib/api";
import { useAnswer } from "@/lib/cache";
import type { Language } from "@/lib/i18n";
import type { Obj } from "./logic/exact";
import type { Past } from "./logic/history";
import type { ActionSchema, ServiceSchema, Words } from "./logic/schema";
import type { Mistake } from "./logic/validate";
import type { Answer } from "./send";

export type Tab = "call" | "signature" | "code" | "docs" | "errors" | "mock" | "history";
export const TABS: readonly Tab[] = ["call", "signature", "code", "docs", "errors", "mock", "history"];

/** Beside the action's own. language: "" for the console's. endpoint: of programs and signatures, "" for this server. */
export interface Common {
  region: string;
  language: "" | "en-US" | "zh-CN";
  token: string;
  endpoint: string;
}

/** Who calls. A key is held by this page alone: it is in no address, no storage, and gone on reload. */
export interface Caller {
  kind: "session" | "key";
  secretId: string;
  secretKey: string;
}

/** Everything about the action that is shown. */
export interface Scene {
  schema: ServiceSchema;
  action: ActionSchema;
  parameters: Obj;
  setParameters: (next: Obj) => void;
  mistakes: Mistake[];
  /** Those that are told: what is missing only once somebody tried to send it so. */
  shownMistakes: Mistake[];
  /** Send it whatever is wrong with it, to see what the server says. */
  anyway: boolean;
  setAnyway: (anyway: boolean) => void;
  common: Common;
  setCommon: (change: Partial<Common>) => void;
  caller: Caller;
  setCaller: (change: Partial<Caller>) => void;
  /** Host and port that requests go to. */
  host: string;
  wireLanguage: "en-US" | "zh-CN";
  answer: Answer | undefined;
  busy: boolean;
  /** Times of the last calls of this action, milliseconds. */
  sent: number[];
  send: () => void;
  history: Past[];
}

const PATHS: Record<Service, string> = {
  cwp: "/schema/cwp/2018-02-28.json",
  hostward: "/schema/hostward/2026-12-01.json",
};

async function read(service: Service): Promise<ServiceSchema> {
  const response = await fetch(PATHS[service], { credentials: "same-origin" });
  if (!response.ok) throw new CallError(`HTTP ${response.status}`, response.statusText || PATHS[service], `GET ${PATHS[service]}`, "", response.status);
  return (await response.json()) as ServiceSchema;
}

/** The documents of both services; they change only with the server. */
export function useSchemas() {
  return useAnswer("schemas", async () => ({ cwp: await read("cwp"), hostward: await read("hostward") }), {
    freshMs: Number.POSITIVE_INFINITY,
  });
}

export const said = (words: Words, language: Language) => words[language];
