import type { KeyboardEvent } from "react";
import { Link } from "@/lib/router";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";
import { usePopover } from "./popover";
import type { MenuItem, MenuProps } from "./props";
import "./popover.css";

const itemsOf = (panel: HTMLElement) => [...panel.querySelectorAll<HTMLElement>('[role="menuitem"]:not([aria-disabled])')];

/** Moves among the items: arrows, Home, End, and the first letters of a label. */
function steer(event: KeyboardEvent<HTMLElement>, hide: () => void): void {
  const items = itemsOf(event.currentTarget);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const starts = (e: HTMLElement) => e.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase());
  const to: Record<string, number> = {
    ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1,
  };
  let next = to[event.key];
  if (next === undefined && event.key.length === 1 && event.key !== " ") {
    next = (at + 1 + [...items.slice(at + 1), ...items.slice(0, at + 1)].findIndex(starts)) % items.length;
  }
  event.stopPropagation();
  if (event.key === "Tab") hide();
  if (next === undefined) return;
  event.preventDefault();
  items[next]?.focus();
}

function Entry({ item, hide }: { item: MenuItem; hide: () => void }) {
  const inside = (
    <>
      {item.icon ? <Icon name={item.icon} /> : <span className="hw-menu-gap" />}
      <span className="hw-menu-label">{item.label}</span>
      {item.hint && <span className="hw-menu-hint">{item.hint}</span>}
    </>
  );
  const shared = {
    role: "menuitem", tabIndex: -1, className: "hw-menu-item",
    "data-danger": item.danger || undefined, "aria-disabled": item.disabled || undefined,
  };
  if (item.to !== undefined && !item.disabled) return <Link {...shared} to={item.to} onClick={hide}>{inside}</Link>;
  const run = () => {
    if (item.disabled) return;
    hide();
    item.onSelect?.();
  };
  return <button {...shared} type="button" onClick={run}>{inside}</button>;
}

/** The panel and how to open it, for a menu whose button is not its own (the rows of a grid). */
export function useMenu(label: string, items: MenuItem[], side: "start" | "end" = "start") {
  // Who chose an item before the panel was in its place keeps it.
  const pop = usePopover(side, (panel) => panel.contains(document.activeElement) || itemsOf(panel)[0]?.focus());
  const panel = (
    <div {...pop.panel} role="menu" aria-label={label} className="hw-pop hw-menu" onKeyDown={(e) => steer(e, pop.hide)}>
      {pop.open && items.map((item) => <Entry key={item.label} item={item} hide={pop.hide} />)}
    </div>
  );
  return { trigger: pop.trigger, showAt: pop.showAt, open: pop.open, panel };
}

/** A button with a list of actions. */
export function Menu({ label, icon, items, kind, size, iconOnly, disabled, className }: MenuProps) {
  const menu = useMenu(label, items, iconOnly ? "end" : "start");
  const trigger = { ...menu.trigger, "aria-haspopup": "menu" as const, disabled, className };
  return (
    <>
      {iconOnly ? <IconButton {...trigger} icon={icon ?? "more"} label={label} />
        : <Button {...trigger} icon={icon} kind={kind} size={size}>{label}<Icon name="chevronDown" className="hw-caret" /></Button>}
      {menu.panel}
    </>
  );
}
