/** Numbers, sizes and times in words. Times of answers are "YYYY-MM-DD hh:mm:ss" in the server's zone. */
import type { Language } from "./i18n";
import { held } from "./session";

const LOCALES: Record<Language, string> = { en: "en-GB", zh: "zh-CN" };
const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function made<F extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => F): F {
  const known = cache.get(key) as F | undefined;
  if (known) return known;
  const fresh = make();
  cache.set(key, fresh);
  return fresh;
}

export function count(n: number, language: Language): string {
  return made(`n${language}`, () => new Intl.NumberFormat(LOCALES[language])).format(n);
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** Powers of 1,000, one decimal below 100 of a unit: "1.2 MB". */
export function bytes(n: number, language: Language): string {
  let unit = 0;
  let left = n;
  while (left >= 1000 && unit < UNITS.length - 1) {
    left /= 1000;
    unit++;
  }
  const digits = unit === 0 || left >= 100 ? 0 : 1;
  const number = made(`b${digits}${language}`, () => new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: digits }));
  return `${number.format(left)} ${UNITS[unit]}`;
}

const SPANS: [number, { en: string; zh: string }][] = [
  [86_400, { en: "d", zh: "天" }],
  [3_600, { en: "h", zh: "小时" }],
  [60, { en: "min", zh: "分" }],
  [1, { en: "s", zh: "秒" }],
];

/** The two largest units: "4 min 12 s", "2 d 3 h"; "0 s" for nothing. */
export function duration(seconds: number, language: Language): string {
  let left = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [at, [size, words]] of SPANS.entries()) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n > 0 || (parts.length === 0 && at === SPANS.length - 1)) parts.push(`${n} ${words[language]}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(" ");
}

/** An estimate: no finer than it can be meant, "12 min" and not "11 min 53 s". */
export function roughly(seconds: number, language: Language): string {
  const unit = seconds >= 36_000 ? 3_600 : seconds >= 600 ? 60 : 1;
  return duration(Math.round(seconds / unit) * unit, language);
}

/** How long ago: "12 s ago". */
export function ago(date: Date, language: Language, now = new Date()): string {
  const span = duration((now.getTime() - date.getTime()) / 1000, language);
  return language === "zh" ? `${span}前` : `${span} ago`;
}

const WIRE = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/;

/** Minutes that a zone is ahead of UTC at an instant. */
function ahead(zone: string, at: number): number {
  const format = made(
    `z${zone}`,
    () =>
      new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
        hour: "numeric", minute: "numeric", second: "numeric",
      }),
  );
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const wall = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
  return Math.round((wall - Math.floor(at / 1000) * 1000) / 60_000);
}

/** The instant that a time of an answer names; null for "" and anything else. */
export function wireTime(text: string): Date | null {
  const found = WIRE.exec(text);
  if (!found) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const zone = held()?.time_zone ?? "UTC";
  const guess = wall - ahead(zone, wall) * 60_000;
  return new Date(wall - ahead(zone, guess) * 60_000);
}

/** A time of an answer from an instant: what the server's zone's clock shows. */
export function wireText(date: Date): string {
  const zone = held()?.time_zone ?? "UTC";
  return new Date(date.getTime() + ahead(zone, date.getTime()) * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

/** In the reader's own zone: today only the clock, this year without the year. */
export function localTime(date: Date, language: Language, now = new Date()): string {
  const clock: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day: Intl.DateTimeFormatOptions = { month: "short", day: "numeric" };
  const sameDay = date.toDateString() === now.toDateString();
  const sameYear = date.getFullYear() === now.getFullYear();
  const year: Intl.DateTimeFormatOptions = sameYear ? { ...day, ...clock } : { ...day, year: "numeric" };
  const wanted: Intl.DateTimeFormatOptions = sameDay ? { ...clock, second: "2-digit" } : year;
  return made(`t${language}${sameDay}${sameYear}`, () => new Intl.DateTimeFormat(LOCALES[language], wanted)).format(date);
}

/** Whole and in UTC, for tooltips. */
export function utcTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
