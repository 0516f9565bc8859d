/** Single keys that work while nothing else wants them, unless the reader has switched them off (WCAG 2.1.4). */
import { useEffect, useRef } from "react";
import { kept } from "@/lib/kept";

const SINGLE_KEYS = "single-keys";

const taken = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.closest("input, textarea, select, [role=menu], dialog") !== null);

/** While mounted, runs keys[event.key] for keys pressed outside of fields, menus and dialogs, unless a grid has used them. */
export function useHotKeys(keys: Record<string, () => void>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const run = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (!run || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || taken(event.target)) return;
      if (kept(SINGLE_KEYS) === "off" || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      run();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
