/** The gate: nobody sees a screen before it is known who asks. */
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { Button, EmptyState, ErrorState, Loading, PageHeader, Toasts } from "@/ui";
import { CallError } from "@/lib/api";
import { useTexts } from "@/lib/i18n";
import { forgetAll } from "@/lib/cache";
import { useRoute } from "@/lib/router";
import { held, onSession, SessionError, SessionProvider, whoIsSignedIn } from "@/lib/session";
import { Boundary } from "./Boundary";
import { Frame } from "./Frame";
import { routeOf } from "./routes";
import { texts } from "./texts";

const Login = lazy(() => import("@/screens/login"));

export function App() {
  const t = useTexts(texts);
  const route = useRoute();
  const session = useSyncExternalStore(onSession, held);
  const [asked, setAsked] = useState<"asking" | "known" | SessionError>("asking");
  const ask = () => {
    setAsked("asking");
    whoIsSignedIn().then(
      () => setAsked("known"),
      (error: unknown) => setAsked(error instanceof SessionError ? error : new SessionError("Unreadable", String(error), 0, 0)),
    );
  };
  useEffect(ask, []);
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
        <ErrorState error={error} onRetry={ask} />
      </main>
    );
  }
  if (session === null || session.must_set_password || signingIn) {
    return (
      <Suspense fallback={<Loading />}>
        <Login />
      </Suspense>
    );
  }
  const found = routeOf(route.pattern);
  return (
    <SessionProvider session={session}>
      <Frame section={found?.section ?? "none"}>
        <Boundary key={route.pattern}>
          <Suspense fallback={<Loading />}>
            {found ? (
              <found.screen />
            ) : (
              <>
                <PageHeader title={t.nothingHere} />
                <EmptyState icon="search" title={t.nothingHereText} action={<Button kind="primary" to="/">{t.toOverview}</Button>} />
              </>
            )}
          </Suspense>
        </Boundary>
      </Frame>
      <Toasts />
    </SessionProvider>
  );
}
