import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { count as inWords } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { Button, IconButton } from "./Button";
import { cx } from "./classes";
import { Icon } from "./Icon";
import { useHotKeys } from "./keys";
import { usePopover } from "./popover";
import type { FilterBarProps, MultiSelectProps, SearchFieldProps, SelectProps } from "./props";
import { useOwnTexts } from "./texts";
import "./field.css";

const SETTLED_MS = 180;
const FILTERABLE = 8;

/** The filters over a list, and the actions beside them. */
export function FilterBar({ children, actions, className }: FilterBarProps) {
  return (
    <div className={cx("hw-filter-bar", className)} role="search">
      {children}
      {actions && <div className="hw-filter-actions">{actions}</div>}
    </div>
  );
}

/** Text to search for: told once typing pauses, or at once on Enter. "/" comes here from anywhere; Escape clears. */
export function SearchField({ value, onChange, label, placeholder, className }: SearchFieldProps) {
  const texts = useOwnTexts();
  const [text, setText] = useState(value);
  const box = useRef<HTMLInputElement>(null);
  const timer = useRef(0);
  const told = useRef(value);
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setText(value);
  }, [value]);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useHotKeys({ "/": () => box.current?.focus() });
  const tell = (next: string) => {
    window.clearTimeout(timer.current);
    told.current = next;
    onChange(next);
  };
  const typed = (next: string) => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => tell(next), SETTLED_MS);
  };
  const clear = () => {
    setText("");
    tell("");
    box.current?.focus();
  };
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") tell(text);
    if (event.key !== "Escape") return;
    if (!text) return box.current?.blur();
    event.preventDefault();
    event.stopPropagation();
    clear();
  };
  return (
    <div className={cx("hw-search", className)}>
      <Icon name="search" />
      <input ref={box} type="text" className="hw-input" aria-label={label} placeholder={placeholder ?? label} value={text}
        autoComplete="off" spellCheck={false} aria-keyshortcuts="/" onChange={(e) => typed(e.target.value)} onKeyDown={key} />
      {text ? <IconButton icon="x" label={texts.clearSearch} onClick={clear} /> : <kbd aria-hidden>/</kbd>}
    </div>
  );
}

/** One of some values. In a filter bar its label stands before it. */
export function Select<V extends string = string>(props: SelectProps<V>) {
  const { label, value, options, onChange, hideLabel, id, describedBy, disabled, className } = props;
  const own = useId();
  const pick = (chosen: string) => {
    const option = options.find((o) => o.value === chosen);
    if (option) onChange(option.value);
  };
  return (
    <span className={cx("hw-select", className)}>
      {!hideLabel && <label htmlFor={id ?? own}>{label}</label>}
      <select id={id ?? own} value={value} disabled={disabled} aria-label={hideLabel && !id ? label : undefined}
        aria-describedby={describedBy} onChange={(e) => pick(e.target.value)}>
        {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
      </select>
      <Icon name="chevronDown" />
    </span>
  );
}

/** Any of some values, in a panel of check boxes with the number behind each. */
export function MultiSelect<V extends string = string>({ label, value, options, onChange, className }: MultiSelectProps<V>) {
  const texts = useOwnTexts();
  const [language] = useLanguage();
  const [filter, setFilter] = useState("");
  const pop = usePopover("start", (panel) => panel.querySelector<HTMLElement>("input")?.focus());
  const chosen = options.filter((option) => value.includes(option.value));
  const shown = options.filter((option) => option.label.toLowerCase().includes(filter.trim().toLowerCase()));
  const flip = (one: V) => onChange(value.includes(one) ? value.filter((v) => v !== one) : [...value, one]);
  const said = chosen.length > 2 ? inWords(chosen.length, language) : chosen.map((option) => option.label).join(", ");
  return (
    <>
      <Button {...pop.trigger} className={cx("hw-multi", className)} aria-haspopup="dialog" data-chosen={chosen.length > 0 || undefined}>
        <span>{label}{said && <>: <b>{said}</b></>}</span><Icon name="chevronDown" className="hw-caret" />
      </Button>
      <div {...pop.panel} role="dialog" aria-label={label} className="hw-pop hw-multi-panel">
        {pop.open && (
          <>
            {options.length > FILTERABLE && (
              <input type="text" className="hw-input" aria-label={texts.filterOptions} placeholder={texts.filterOptions} value={filter} onChange={(e) => setFilter(e.target.value)} />
            )}
            <ul>
              {shown.map((option) => (
                <li key={option.value}>
                  <label className="hw-multi-option">
                    <input type="checkbox" className="hw-box" checked={value.includes(option.value)} onChange={() => flip(option.value)} />
                    <span>{option.label}</span>
                    {option.count !== undefined && <span className="hw-muted">{inWords(option.count, language)}</span>}
                  </label>
                </li>
              ))}
              {shown.length === 0 && <li className="hw-list-none">{texts.noMatch}</li>}
            </ul>
            <Button size="small" kind="quiet" disabled={value.length === 0} onClick={() => onChange([])}>{texts.clear}</Button>
          </>
        )}
      </div>
    </>
  );
}
