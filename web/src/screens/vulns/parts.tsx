/** Values of vulnerabilities as every part of these screens shows them. */
import { type IconName, Tag, type Tone, Tooltip } from "@/ui";
import { useTexts } from "@/lib/i18n";
import type { VulPackage } from "@/lib/wire";
import { percentOf } from "./list";
import { texts } from "./texts";

export function NoValue() {
  const t = useTexts(texts);
  return <Tooltip text={t.noValue}><span className="hw-vulns-none">{t.none}</span></Tooltip>;
}

export function Kev({ kev, words }: { kev: boolean; words?: boolean }) {
  const t = useTexts(texts);
  if (!kev) return null;
  return <Tooltip text={t.kevHint}><Tag tone="bad" {...(words ? { icon: "alert" as const } : {})}>{words ? t.exploited : t.columns.kev}</Tag></Tooltip>;
}

export function Epss({ epss }: { epss: string }) {
  const text = percentOf(epss);
  return text ? <span>{text}</span> : <NoValue />;
}

/** Who gives the level; that nobody does is a level too, a guessed one. */
export function LevelFrom({ source }: { source: string }) {
  const t = useTexts(texts);
  return source ? <span className="hw-muted">· {source === UNKNOWN ? t.levelUnknown : source}</span> : null;
}

const UNKNOWN = "unknown";

/** The fixed version, or what became of a fix. */
export function Fix({ fixed, status }: { fixed: string; status: string }) {
  const t = useTexts(texts);
  if (fixed) return <Version text={fixed} />;
  return <span className="hw-vulns-none">{t.fixStatus[status] ?? (status || t.none)}</span>;
}

export function Version({ text }: { text: string }) {
  return text ? <span className="hw-mono" title={text}>{text}</span> : <NoValue />;
}

/** "openssl 3.0.11-1 → 3.0.15-1", and where it lies. */
export function Installed({ one }: { one: VulPackage }) {
  const t = useTexts(texts);
  return (
    <span className="hw-vulns-package" title={[one.Name, one.Installed, one.Path].filter(Boolean).join(" ")}>
      <strong>{one.Name}</strong> <span className="hw-mono">{one.Installed}</span>
      {" → "}
      {one.Fixed ? <span className="hw-mono hw-vulns-fixed">{one.Fixed}</span> : <span className="hw-vulns-none">{t.fixStatus[one.FixStatus] ?? one.FixStatus}</span>}
    </span>
  );
}

const LOOKS: Record<string, [Tone, IconName]> = { present: ["bad", "bug"], reopened: ["bad", "undo"], ignored: ["neutral", "eye"], fixed: ["ok", "checkCircle"] };

/** Reopened: it was gone once, and is there again. */
export function State({ status, ignored, reopened }: { status: string; ignored: boolean; reopened: boolean }) {
  const t = useTexts(texts);
  const set = status !== "present" ? status : ignored ? "ignored" : reopened ? "reopened" : status;
  const look = LOOKS[set];
  return <Tag {...(look ? { tone: look[0], icon: look[1] } : {})}>{t.state[set] ?? set}</Tag>;
}
