import { useEffect, useRef } from "react";
import { kept } from "@/lib/kept";

const TYPING = "input, textarea, select, [contenteditable=true], dialog, [role=dialog], [role=menu]";

/** A key of this screen, where nobody is typing and nothing lies over it. act null: the key does nothing. */
export function useKey(key: string, act: (() => void) | null): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== key || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if ((event.target as Element | null)?.closest?.(TYPING)) return;
      if (latest.current === null || kept("single-keys") === "off" || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [key]);
}
