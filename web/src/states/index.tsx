/** /__states/SCREEN?state=...: every screen over samples, for looking and for tests. Only for who is signed in. */
import { useEffect, useState } from "react";
import { ahead, App } from "@/app/App";
import { LanguageProvider, shapeTexts, useTexts } from "@/lib/i18n";
import { whoIsSignedIn } from "@/lib/session";
import { Loading, PageHeader } from "@/ui";
import { type State, STATES } from "./answers";
import { enter } from "./browser";
import { pseudo } from "./pseudo";
import { texts } from "./texts";
import "./states.css";

/** Where each screen is. :page is taken from the query. */
const PATHS: Record<string, string> = {
  login: "/login", overview: "/", tasks: "/tasks", task: "/tasks/Vul/81", newscan: "/scan/new", schedules: "/schedules",
  machines: "/machines", vulns: "/vulns", vuln: "/vulns/1000", settings: "/settings/:page", explorer: "/explorer",
};
const OWN = ["state", "lang", "theme", "page", "delay"];
const FIRST_PAGE = "me";

/** The screen that the address names, with samples in the place of the server; null when it names none. */
function open(permissions: string[]): string | null {
  const { pathname, searchParams } = new URL(window.location.href);
  const name = pathname.split("/")[2] ?? "";
  const path = PATHS[name]?.replace(":page", searchParams.get("page") ?? FIRST_PAGE);
  if (path === undefined) return null;
  const state = STATES.find((one) => one === searchParams.get("state")) ?? "loaded";
  const chosen = searchParams.get("theme");
  const lang = searchParams.get("lang") ?? document.documentElement.lang;
  enter({ delayMs: Number(searchParams.get("delay") ?? 0), state, chinese: lang.startsWith("zh"), theme: chosen === "light" || chosen === "dark" ? chosen : "", signedIn: name !== "login", permissions: state === "denied" ? permissions.filter((one) => one.endsWith(":read")) : permissions });
  if (lang === "pseudo") shapeTexts(pseudo);
  const rest = new URLSearchParams([...searchParams].filter(([key]) => !OWN.includes(key)));
  window.history.replaceState(null, "", rest.size > 0 ? `${path}?${rest}` : path);
  return name;
}

export default function States() {
  const [shown, setShown] = useState<"asking" | "screen" | "list">("asking");
  useEffect(() => {
    whoIsSignedIn().then(
      (session) => {
        if (session === null || session.must_set_password) window.location.assign("/login");
        else setShown(open(session.permissions) === null ? "list" : "screen");
      },
      () => window.location.assign("/"),
    );
  }, []);
  if (shown === "asking") return <Loading />;
  if (shown === "list") return <List />;
  return (
    <LanguageProvider>
      <Screen />
      <Note />
    </LanguageProvider>
  );
}

function Screen() {
  const [first] = useState(ahead);
  return <App first={first} />;
}

/** So that nobody takes the samples for their own machines. */
function Note() {
  const t = useTexts(texts);
  return (
    <aside className="hw-states-note" aria-label={t.samples}>
      {t.samples} · <a href="/">{t.leave}</a>
    </aside>
  );
}

function List() {
  const t = useTexts(texts);
  const states: readonly State[] = STATES;
  return (
    <main className="hw-states-list">
      <PageHeader title={t.title} crumbs={[{ label: t.console, to: "/" }]} />
      <ul>
        {Object.keys(PATHS).map((screen) => (
          <li key={screen}>
            <strong>{screen}</strong>
            {states.map((state) => <a key={state} href={`/__states/${screen}?state=${state}`}>{state}</a>)}
          </li>
        ))}
        <li><strong>ui</strong> <a href="/__states/ui">{t.components}</a></li>
      </ul>
    </main>
  );
}
