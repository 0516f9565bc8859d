/** The gate: nobody sees a screen before it is known who asks. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button, EmptyState, ErrorState, Loading, PageHeader, Toasts } from "@/ui";
import { CallError } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { forgetAll } from "@/lib/cache";
import { routeHere, useRoute } from "@/lib/router";
import { type Screen, useScreen } from "@/lib/screens";
import { held, onSession, type Session, SessionError, SessionProvider, whoIsSignedIn } from "@/lib/session";
import { Boundary } from "./Boundary";
import { Frame } from "./Frame";
import { LOGIN, routeOf } from "./routes";
import { texts } from "./texts";

/** Ask who is signed in, fetch the screen of this address, and ask what it shows: all before anything is drawn. */
export function ahead(): Promise<Session | null> {
  const route = routeHere();
  const screen = routeOf(route.pattern)?.screen;
  const here = screen?.load();
  const session = whoIsSignedIn();
  session.then(
    async (one) => {
      await here;
      if (one !== null && !one.must_set_password) screen?.ahead(route);
    },
    () => undefined, // App says what went wrong, once it is there
  );
  return session;
}

/** first: the answer of ahead(). */
export function App({ first }: { first: Promise<Session | null> }) {
  const t = useTexts(texts);
  const route = useRoute();
  const session = useSyncExternalStore(onSession, held);
  const [asked, setAsked] = useState<"asking" | "known" | SessionError>("asking");
  const ask = (answer = whoIsSignedIn()) => {
    setAsked("asking");
    answer.then(
      () => setAsked("known"),
      (error: unknown) => setAsked(error instanceof SessionError ? error : new SessionError("Unreadable", String(error), 0, 0)),
    );
  };
  useEffect(() => ask(first), []);
  useEffect(() => {
    // What one user saw is not kept for the next one.
    if (session === null) forgetAll();
  }, [session]);

  const signingIn = route.path === "/login";
  if (asked === "asking" && !signingIn) return <Loading />;
  if (asked instanceof SessionError && !signingIn) {
    const error = new CallError(asked.code, asked.message, "GET /console/session", "", asked.status);
    return (
      <main className="hw-alone">
        <ErrorState error={error} onRetry={() => ask()} />
      </main>
    );
  }
  if (session === null || session.must_set_password || signingIn) {
    return <Drawn screen={LOGIN} />;
  }
  const found = routeOf(route.pattern);
  return (
    <SessionProvider session={session}>
      <Frame section={found?.section ?? "none"}>
        <Boundary key={route.pattern}>
          {found ? (
            <Drawn screen={found.screen} />
          ) : (
            <>
              <PageHeader title={t.nothingHere} />
              <EmptyState icon="search" title={t.nothingHereText} action={<Button kind="primary" to="/">{t.toOverview}</Button>} />
            </>
          )}
        </Boundary>
      </Frame>
      <Toasts />
    </SessionProvider>
  );
}

function Drawn({ screen }: { screen: Screen }) {
  const Here = useScreen(screen);
  return Here ? <Here /> : <Loading />;
}
