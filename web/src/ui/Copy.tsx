import { useEffect, useState } from "react";
import { Button, IconButton } from "./Button";
import type { CopyProps, HexProps } from "./props";
import { useOwnTexts } from "./texts";
import { cx } from "./classes";
import "./value.css";

const SHOWN_MS = 1600;

/** Puts a text on the clipboard; pages without TLS have no clipboard API, there a selection is copied. */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "hw-sr";
  const host = document.querySelector("dialog[open]") ?? document.body;
  const before = document.activeElement;
  host.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

/** A copy button; it says for a moment that it has copied. Without a label it is an icon. */
export function Copy({ text, label, className }: CopyProps) {
  const texts = useOwnTexts();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = window.setTimeout(() => setDone(false), SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, [done]);
  const run = () => void copyText(text).then(setDone);
  const icon = done ? "check" : "copy";
  return (
    <span className={cx("hw-copy", className)}>
      {label === undefined ? <IconButton icon={icon} label={done ? texts.copied : texts.copy} onClick={run} />
        : <Button size="small" kind="quiet" icon={icon} onClick={run}>{done ? texts.copied : label}</Button>}
      <span className="hw-sr" role="status">{done ? texts.copied : ""}</span>
    </span>
  );
}

/** A long identifier, shortened in the middle and copied whole. keep: characters left at each end. */
export function Hex({ value, keep = 6, className }: HexProps) {
  const short = value.length > keep * 2 + 1 ? `${value.slice(0, keep)}…${value.slice(-keep)}` : value;
  return <span className={cx("hw-hex", className)}><code title={value}>{short}</code><Copy text={value} /></span>;
}
