import { cloneElement, useId, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { place } from "./popover";
import type { TooltipProps } from "./props";
import "./popover.css";

const WAIT_MS = 350;

/**
 * Words shown on hover (after a moment) and on keyboard focus; Escape hides them, the pointer may move onto them.
 * `names` says that the text is already the child's name and must not be read twice.
 */
export function Tooltip({ text, children, names }: TooltipProps & { names?: boolean }) {
  const id = useId();
  const [shown, setShown] = useState(false);
  const timer = useRef(0);
  const around = useRef<HTMLSpanElement>(null);
  const show = (wait: number) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setShown(true), wait);
  };
  const hide = () => {
    window.clearTimeout(timer.current);
    setShown(false);
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !shown) return;
    hide();
    if (names) return; // A mere name is not worth an Escape of its own: a dialog around it closes too.
    event.stopPropagation();
    event.preventDefault();
  };
  const open = (panel: HTMLElement | null) => {
    const anchor = around.current?.firstElementChild;
    if (!panel || !anchor) return;
    panel.showPopover();
    place(anchor, panel, "over");
  };
  const child = names ? children : cloneElement(children as ReactElement<{ "aria-describedby"?: string }>, {
    "aria-describedby": shown ? id : undefined,
  });
  return (
    <span
      ref={around} className="hw-tip" onKeyDown={escape} onPointerLeave={hide} onPointerDown={hide} onBlur={hide}
      onPointerEnter={(e) => e.pointerType === "mouse" && show(WAIT_MS)}
      onFocus={(e) => e.target.matches(":focus-visible") && show(0)}
    >
      {child}
      {shown && <span ref={open} id={id} role="tooltip" popover="manual" className="hw-tip-text" aria-hidden={names}>{text}</span>}
    </span>
  );
}
