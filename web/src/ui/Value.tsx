import { useEffect, useState } from "react";
import { ago, duration, localTime, utcTime, wireTime } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { cx } from "./classes";
import { Icon } from "./Icon";
import type { DurationProps, KbdProps, LiveDotProps, SeverityProps, StatusTagProps, TagProps, TimeProps } from "./props";
import { lookOf } from "./states";
import { useOwnTexts } from "./texts";
import "./value.css";

export function Tag({ tone = "neutral", icon, children, className }: TagProps) {
  return <span className={cx("hw-tag", className)} data-tone={tone}>{icon && <Icon name={icon} />}{children}</span>;
}

/** A state as icon, word and colour; an unknown one is shown as it came. */
export function StatusTag({ state, label, className }: StatusTagProps) {
  const [language] = useLanguage();
  const look = lookOf(state);
  return <Tag tone={look?.tone} icon={look?.icon} className={className}>{label ?? look?.[language] ?? (state || "–")}</Tag>;
}

/** none: ring, low: bar, medium: diamond, high: triangle, critical: octagon; all drawn filled on 12 x 12. */
const SHAPES = [
  "M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0 1.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5Z",
  "M1.5 4.8h9v2.4h-9Z",
  "M6 1.2 10.8 6 6 10.8 1.2 6Z",
  "M6 1.2 11.2 10.5H.8Z",
  "M3.7.6h4.6l3.1 3.1v4.6l-3.1 3.1H3.7L.6 8.3V3.7ZM5.2 2.8v3.8h1.6V2.8Zm0 4.9v1.6h1.6V7.7Z",
] as const;
const WORDS = {
  en: ["None", "Low", "Medium", "High", "Critical"], zh: ["无", "低危", "中危", "高危", "严重"],
} as const;

/** One of the four levels of the API (1 low … 4 critical; 0 none): shape, word and colour. */
export function Severity({ level, short, className }: SeverityProps) {
  const [language] = useLanguage();
  const word = WORDS[language][level];
  return (
    <span className={cx("hw-severity", className)} data-level={level} title={short ? word : undefined}>
      <svg width="12" height="12" viewBox="0 0 12 12" fill="currentColor" fillRule="evenodd" role={short ? "img" : undefined}
        aria-label={short ? word : undefined} aria-hidden={short ? undefined : true}><path d={SHAPES[level]} /></svg>
      {!short && word}
    </span>
  );
}

/** Keys to press, written "Ctrl+K" or "g o". */
export function Kbd({ keys, className }: KbdProps) {
  return <span className={cx("hw-kbd", className)}>{keys.split(/[+ ]/).map((key, i) => <kbd key={i}>{key}</kbd>)}</span>;
}

/** A time of an answer in the reader's zone, with UTC as its tooltip; "–" for none. */
export function Time({ value, relative, className }: TimeProps) {
  const [language] = useLanguage();
  const texts = useOwnTexts();
  const date = wireTime(value);
  if (!date) return <span className={cx("hw-muted", className)} title={value || texts.noValue}>{value || "–"}</span>;
  return (
    <time className={className} dateTime={date.toISOString()} title={utcTime(date)}>
      {relative ? ago(date, language) : localTime(date, language)}
    </time>
  );
}

export function Duration({ seconds, className }: DurationProps) {
  const [language] = useLanguage();
  const texts = useOwnTexts();
  if (seconds === undefined) return <span className={cx("hw-muted", className)} title={texts.noValue}>–</span>;
  return <span className={className}>{duration(seconds, language)}</span>;
}

/** Whether what is shown is live, and how old it is; counts on by itself. */
export function LiveDot({ at, stale, className }: LiveDotProps) {
  const [language] = useLanguage();
  const texts = useOwnTexts();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  if (!at && !stale) return null; // nothing has come yet: neither live nor not
  const age = at && ago(at, language, now > at ? now : at);
  return (
    <span className={cx("hw-live", className)} data-stale={stale}>
      <span className="hw-live-dot" aria-hidden />{stale ? texts.stale : texts.live}{age && <span className="hw-muted">{age}</span>}
    </span>
  );
}
