/** Native popovers, placed beside what opened them and kept inside the window. */
import { useCallback, useEffect, useId, useRef, useState, type SyntheticEvent, type ToggleEvent } from "react";
import { flushSync } from "react-dom";

export type Side = "start" | "end" | "over";
const GAP = 4;
const EDGE = 8;

/** Puts an open panel under its anchor (over it when there is more room), aligned to one end. Pixels of the window. */
export function place(anchor: Element, panel: HTMLElement, side: Side): void {
  const a = anchor.getBoundingClientRect();
  const { offsetWidth: w, offsetHeight: h } = panel;
  const { clientWidth, clientHeight } = document.documentElement;
  const below = a.bottom + GAP + h <= clientHeight - EDGE;
  const above = a.top - GAP - h >= EDGE;
  const over = side === "over" ? above || !below : !below && above;
  const left = side === "start" ? a.left : side === "end" ? a.right - w : a.left + (a.width - w) / 2;
  panel.style.left = `${Math.max(EDGE, Math.min(left, clientWidth - w - EDGE))}px`;
  panel.style.top = `${Math.max(EDGE, Math.min(over ? a.top - GAP - h : a.bottom + GAP, clientHeight - h - EDGE))}px`;
  panel.dataset.placed = "";
}

/** Keeps a panel beside its anchor while something scrolls or the window changes; returns how to stop. */
export function follow(anchor: () => Element | null, panel: () => HTMLElement | null, side: Side): () => void {
  const again = (event: Event) => {
    const [a, p] = [anchor(), panel()];
    if (a && p?.matches(":popover-open") && !(event.target instanceof Node && p.contains(event.target))) place(a, p, side);
  };
  window.addEventListener("resize", again);
  document.addEventListener("scroll", again, true);
  return () => {
    window.removeEventListener("resize", again);
    document.removeEventListener("scroll", again, true);
  };
}

/** A light-dismissed panel: spread `trigger` on the button and `panel` on the panel. */
export function usePopover(side: Side = "start", onOpened?: (panel: HTMLElement) => unknown) {
  const id = useId();
  const anchor = useRef<HTMLElement | null>(null);
  const panel = useRef<HTMLDivElement | null>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open) return undefined;
    return follow(() => anchor.current, () => panel.current, side);
  }, [open, side]);

  const before = (event: ToggleEvent<HTMLElement>) => {
    if (event.target !== event.currentTarget || event.newState !== "open") return;
    delete event.currentTarget.dataset.placed;
    flushSync(() => setOpen(true));
  };
  const after = (event: SyntheticEvent<HTMLElement>) => {
    const it = event.currentTarget;
    if (event.target !== it) return;
    // Only now: the browser gives the focus back from what is still inside.
    if (!it.matches(":popover-open")) return setOpen(false);
    if (!anchor.current) return;
    place(anchor.current, it, side);
    onOpened?.(it);
  };
  const hide = useCallback(() => panel.current?.matches(":popover-open") && panel.current.hidePopover(), []);
  const showAt = useCallback((element: HTMLElement) => {
    anchor.current = element;
    panel.current?.showPopover();
  }, []);
  return {
    open, hide, showAt,
    trigger: {
      ref: (e: HTMLElement | null) => { anchor.current = e; },
      popoverTarget: id, "aria-expanded": open, "aria-controls": open ? id : undefined,
    },
    panel: { id, ref: panel, popover: "auto" as const, onBeforeToggle: before, onToggle: after },
  };
}
