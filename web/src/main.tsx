import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import "@/ui/tokens.css";
import "@/ui/base.css";
import { ahead, App } from "@/app/App";
import { LanguageProvider } from "@/lib/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const SAMPLES = "/__states/";
const path = window.location.pathname;
const States = lazy(() => import("@/states"));
const isSample = path.startsWith(SAMPLES) && path !== `${SAMPLES}ui`;

createRoot(root).render(
  <StrictMode>
    <LanguageProvider>
      {isSample ? <Suspense><States /></Suspense> : <App first={ahead()} />}
    </LanguageProvider>
  </StrictMode>,
);
