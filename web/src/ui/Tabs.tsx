import type { KeyboardEvent } from "react";
import { count as inWords } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { cx } from "./classes";
import type { TabsProps } from "./props";
import "./tabs.css";

/** A row of tabs; arrows, Home and End move and choose. The screen shows the chosen panel under it. */
export function Tabs<T extends string>({ label, tabs, value, onChange, className }: TabsProps<T>) {
  const [language] = useLanguage();
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const at = tabs.findIndex((tab) => tab.id === value);
    const to: Record<string, number> = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at - 1 + tabs.length) % tabs.length, Home: 0, End: tabs.length - 1 };
    const next = tabs[to[event.key] ?? -1];
    if (!next) return;
    event.preventDefault();
    event.currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[tabs.indexOf(next)]?.focus();
    onChange(next.id);
  };
  return (
    <div className={cx("hw-tabs", className)} role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button key={tab.id} type="button" role="tab" aria-selected={tab.id === value} tabIndex={tab.id === value ? 0 : -1} onClick={() => onChange(tab.id)}>
          {tab.label}{tab.count !== undefined && <span className="hw-tab-count">{inWords(tab.count, language)}</span>}
        </button>
      ))}
    </div>
  );
}
