/** What stands around every screen: navigation on the left, search and running scans above. */
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Button, ErrorState, Icon, IconButton, Kbd, Menu, type MenuItem } from "@/ui";
import { useLanguage, useTexts } from "@/lib/i18n";
import { keep, kept } from "@/lib/kept";
import { useRefusal, useTopic } from "@/lib/live";
import { Link, useAddress } from "@/lib/router";
import { signOut, useCan, useSession } from "@/lib/session";
import { type Theme, useTheme } from "@/lib/theme";
import { useKeys } from "./keys";
import { ENTRIES, type Section } from "./routes";
import { texts } from "./texts";
import "./frame.css";

interface Running {
  running: { TaskId: number; Module: string; Progress: number; State: string }[];
  rev: number;
}

const Palette = lazy(() => import("./Palette"));
const KeySheet = lazy(() => import("./KeySheet"));

/** Who may not follow a topic may not read it either, and the screen says so. */
const FORBIDDEN = 403;

const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export function Frame({ section, children }: { section: Section; children: ReactNode }) {
  const t = useTexts(texts);
  const address = useAddress();
  const [folded, setFolded] = useState(kept("nav") === "folded");
  const [opened, setOpened] = useState(false);
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  useKeys({ palette: () => setPalette(true), help: () => setSheet(true) });
  useEffect(() => setOpened(false), [address]);
  const fold = () => {
    keep("nav", folded ? "" : "folded");
    setFolded(!folded);
  };
  return (
    <div className="hw-frame" data-folded={folded} data-opened={opened}>
      <a className="hw-frame-skip" href="#content">{t.skip}</a>
      <header className="hw-top">
        <IconButton className="hw-top-menu" icon="menu" label={t.openMenu} aria-expanded={opened} onClick={() => setOpened(!opened)} />
        <Link className="hw-top-name" to="/" aria-label="Hostward">
          <Icon name="shieldCheck" />
          <span>Hostward</span>
        </Link>
        <button type="button" className="hw-top-search" aria-keyshortcuts="Control+K" onClick={() => setPalette(true)}>
          <Icon name="search" />
          <span>{t.search}</span>
          <Kbd keys="Ctrl k" />
        </button>
        <div className="hw-top-right">
          <RunningScans />
          <UserMenu onShortcuts={() => setSheet(true)} />
        </div>
      </header>
      <Navigation section={section} folded={folded} onFold={fold} />
      {opened && <div className="hw-frame-shade" aria-hidden="true" onClick={() => setOpened(false)} />}
      <main id="content" className="hw-main" tabIndex={-1}>
        <Refused />
        {children}
      </main>
      <Suspense>
        {palette && <Palette open onClose={() => setPalette(false)} />}
        {sheet && <KeySheet open onClose={() => setSheet(false)} />}
      </Suspense>
    </div>
  );
}

function Navigation({ section, folded, onFold }: { section: Section; folded: boolean; onFold: () => void }) {
  const t = useTexts(texts);
  const can = useCan();
  const { version } = useSession();
  return (
    <nav className="hw-nav" aria-label={t.navigation}>
      <Button className="hw-nav-new" kind="primary" icon="play" to="/scan/new" hidden={!can("scan:start")} aria-label={t.newScan}>
        <span className="hw-nav-word">{t.newScan}</span>
      </Button>
      <ul>
        {ENTRIES.filter((entry) => can(entry.permission)).map((entry) => (
          <li key={entry.section}>
            <Link to={entry.to} aria-current={entry.section === section ? "page" : undefined} title={folded ? t.sections[entry.section] : undefined}>
              <Icon name={entry.icon} />
              <span className="hw-nav-word">{t.sections[entry.section]}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="hw-nav-foot">
        <span className="hw-nav-word">{version}</span>
        <IconButton icon={folded ? "chevronRight" : "chevronLeft"} label={folded ? t.unfold : t.fold} onClick={onFold} />
      </div>
    </nav>
  );
}

function RunningScans() {
  const t = useTexts(texts);
  const { state, stale } = useTopic<Running>("tasks");
  const running = state?.running ?? [];
  const lowest = Math.min(...running.map((task) => task.Progress));
  const [first] = running;
  return (
    <>
      {stale && <p className="hw-top-stale" role="status">{t.stale}</p>}
      {first && (
        <Link
          className="hw-top-chip"
          to={running.length === 1 ? `/tasks/${first.Module}/${first.TaskId}` : "/tasks?state=Scanning"}
          aria-label={`${t.runningTitle}: ${t.scans(running.length)} ${lowest}%`}
        >
          <span className="hw-top-pulse" aria-hidden="true" />
          <span className="hw-top-scans">{t.scans(running.length)}</span> {lowest}%
        </Link>
      )}
    </>
  );
}

/** What the server does not give live: said, as what is shown then grows old. */
function Refused() {
  const error = useRefusal();
  return error && error.status !== FORBIDDEN ? <ErrorState className="hw-main-error" error={error} /> : null;
}

function UserMenu({ onShortcuts }: { onShortcuts: () => void }) {
  const t = useTexts(texts);
  const { user } = useSession();
  const [language, setLanguage] = useLanguage();
  const [theme, setTheme] = useTheme();
  const looks: MenuItem[] = THEMES.map((one) => ({
    label: t.themes[one],
    icon: one === "dark" ? "moon" : one === "light" ? "sun" : "settings",
    onSelect: () => setTheme(one),
    ...(one === theme ? { hint: "✓" } : {}),
  }));
  return (
    <>
      <Button
        kind="quiet"
        size="small"
        icon="globe"
        lang={language === "en" ? "zh-CN" : "en"}
        onClick={() => setLanguage(language === "en" ? "zh" : "en")}
      >
        {language === "en" ? "中文" : "English"}
      </Button>
      <Menu label={t.theme} icon={theme === "dark" ? "moon" : "sun"} kind="quiet" size="small" iconOnly items={looks} />
      <Menu
        label={t.account(user)}
        icon="user"
        kind="quiet"
        size="small"
        iconOnly
        items={[
          { label: t.mySettings, icon: "key", to: "/settings/me" },
          { label: t.shortcuts, icon: "terminal", hint: "?", onSelect: onShortcuts },
          { label: t.signOut, icon: "logout", onSelect: () => void signOut() },
        ]}
      />
    </>
  );
}
