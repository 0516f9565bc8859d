/** Keys that work on every screen. Those of lists and drawers are the components' own. */
import { useLayoutEffect, useRef } from "react";
import { kept } from "@/lib/kept";
import { navigate } from "@/lib/router";
import { ENTRIES } from "./routes";

const GO_MS = 1_200;

/** Kept as "off" by who needs single keys for something else, a screen reader or a voice (WCAG 2.1.4). */
export const SINGLE_KEYS = "single-keys";

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function useKeys(act: { palette: () => void; help: () => void }): void {
  const latest = useRef(act);
  latest.current = act;
  // With the first drawing, not after it: who sees the screen may press a key.
  useLayoutEffect(() => {
    let went = -Infinity;
    const single = (event: KeyboardEvent) =>
      !event.ctrlKey && !event.metaKey && !event.altKey && kept(SINGLE_KEYS) !== "off" && !isWriting(event.target) && !document.querySelector("dialog[open]");
    // The second key of "g t" is heard before a list can take it for one of its own.
    const second = (event: KeyboardEvent) => {
      const going = performance.now() - went < GO_MS;
      went = -Infinity;
      const entry = going && single(event) ? ENTRIES.find((one) => one.key === event.key) : undefined;
      if (!entry) return;
      event.preventDefault();
      event.stopPropagation();
      navigate(entry.to);
    };
    const press = (event: KeyboardEvent) => {
      const { key } = event;
      if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === "k") {
        event.preventDefault();
        latest.current.palette();
        return;
      }
      if (event.defaultPrevented || !single(event)) return;
      if (key === "g") went = performance.now();
      if (key === "?") latest.current.help();
      else if (key === "n") navigate("/scan/new");
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", second, true);
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("keydown", second, true);
      window.removeEventListener("keydown", press);
    };
  }, []);
}
