import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { cx } from "./classes";
import { Icon } from "./Icon";
import { follow, place } from "./popover";
import type { ComboboxProps, TagInputProps } from "./props";
import { useOwnTexts } from "./texts";
import "./field.css";

interface Choice { value: string; label: string; hint?: string }
interface ListProps {
  label: string; text: string; choices: Choice[]; placeholder?: string; id?: string; describedBy?: string; hideLabel?: boolean;
  onText: (text: string) => void;
  onPick: (value: string) => void;
  /** Enter with nothing pointed at. */
  onEnter?: () => void;
  onErase?: () => void;
  onLeave?: () => void;
}
const SHOWN = 200;

/** An input with a list of suggestions under it (the ARIA combobox: the focus stays in the input). */
function ListInput(props: ListProps) {
  const texts = useOwnTexts();
  const own = useId();
  const box = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const choices = props.choices.slice(0, SHOWN);
  const id = props.id ?? own;
  useEffect(() => {
    const panel = list.current;
    if (!panel || !box.current) return undefined;
    if (!open) {
      panel.hidePopover();
      return undefined;
    }
    panel.style.minInlineSize = `${box.current.parentElement?.offsetWidth ?? 0}px`;
    const around = box.current.parentElement ?? box.current;
    panel.showPopover();
    place(around, panel, "start");
    return follow(() => around, () => panel, "start");
  }, [open, choices.length]);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);

  const show = (wanted: boolean) => {
    setOpen(wanted);
    setAt(-1);
  };
  const pick = (choice: Choice) => {
    props.onPick(choice.value);
    show(false);
  };
  const step = (by: number) => {
    if (!open) show(true);
    setAt((now) => (choices.length === 0 ? -1 : (now + by + (now < 0 && by < 0 ? 1 : 0) + choices.length) % choices.length));
  };
  const key = (event: KeyboardEvent) => {
    const choice = open ? choices[at] : undefined;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && choice) pick(choice);
    else if (event.key === "Enter" && props.onEnter) {
      props.onEnter();
      show(false);
    }
    else if (event.key === "Escape" && open) {
      event.stopPropagation();
      show(false);
    } else {
      if (event.key === "Backspace" && props.text === "") props.onErase?.();
      return;
    }
    event.preventDefault();
  };
  return (
    <>
      <input
        ref={box} id={id} type="text" role="combobox" autoComplete="off" spellCheck={false} value={props.text} placeholder={props.placeholder}
        aria-label={props.id ? undefined : props.label} aria-describedby={props.describedBy} aria-autocomplete="list"
        aria-expanded={open} aria-controls={`${own}l`} aria-activedescendant={open && at >= 0 ? `${own}${at}` : undefined}
        onChange={(e) => { props.onText(e.target.value); show(true); }} onKeyDown={key} onClick={() => show(true)}
        onBlur={() => { show(false); props.onLeave?.(); }}
      />
      <ul ref={list} id={`${own}l`} role="listbox" aria-label={props.label} popover="manual" className="hw-pop hw-listbox">
        {open && choices.map((choice, i) => (
          <li key={choice.value} id={`${own}${i}`} role="option" aria-selected={i === at}
            onPointerDown={(e) => e.preventDefault()} onClick={() => pick(choice)}>
            <span>{choice.label}</span>{choice.hint && <span className="hw-muted">{choice.hint}</span>}
          </li>
        ))}
        {open && choices.length === 0 && <li role="option" aria-selected="false" aria-disabled className="hw-list-none">{texts.noMatch}</li>}
      </ul>
    </>
  );
}

const has = (choice: Choice, text: string) => `${choice.label} ${choice.value} ${choice.hint ?? ""}`.toLowerCase().includes(text.trim().toLowerCase());

/** One of many values, found by typing. */
export function Combobox({ label, value, options, onChange, allowOther, placeholder, hideLabel, id, describedBy, className }: ComboboxProps) {
  const known = options.find((option) => option.value === value);
  const [text, setText] = useState<string | null>(null);
  const leave = () => {
    if (text !== null && (allowOther || text === "")) onChange(text.trim());
    setText(null);
  };
  const choices = text ? options.filter((option) => has(option, text)) : options;
  const input = (
    <span className="hw-combo-box hw-input">
      <ListInput label={label} text={text ?? known?.label ?? value} choices={choices} placeholder={placeholder} id={id} describedBy={describedBy}
        onText={setText} onPick={(picked) => { setText(null); onChange(picked); }} onEnter={allowOther ? leave : undefined} onLeave={leave} />
      <Icon name="chevronDown" />
    </span>
  );
  return <div className={cx("hw-combo", className)}>{!hideLabel && !id && <span className="hw-field-label" aria-hidden>{label}</span>}{input}</div>;
}

/** Several words, each a chip; Enter or a comma adds one, Backspace in the empty field takes the last away. */
export function TagInput({ label, value, onChange, suggestions = [], placeholder, hideLabel, id, describedBy, className }: TagInputProps) {
  const texts = useOwnTexts();
  const [text, setText] = useState("");
  const add = (words: string) => {
    const fresh = words.split(/[,\n]/).map((word) => word.trim()).filter((word) => word && !value.includes(word));
    if (fresh.length > 0) onChange([...value, ...new Set(fresh)]);
    setText("");
  };
  const choices = suggestions.filter((word) => !value.includes(word)).map((word) => ({ value: word, label: word }));
  return (
    <div className={cx("hw-combo", className)}>
      {!hideLabel && !id && <span className="hw-field-label" aria-hidden>{label}</span>}
      <span className="hw-tag-input hw-input">
        {value.map((word) => (
          <span key={word} className="hw-chip">{word}
            <button type="button" aria-label={texts.remove(word)} onClick={() => onChange(value.filter((v) => v !== word))}><Icon name="x" /></button>
          </span>
        ))}
        <ListInput label={label} text={text} choices={choices.filter((choice) => has(choice, text))} placeholder={value.length === 0 ? placeholder : undefined}
          id={id} describedBy={describedBy} onText={(next) => (/[,\n]/.test(next) ? add(next) : setText(next))} onPick={add}
          onEnter={() => add(text)} onErase={() => onChange(value.slice(0, -1))} onLeave={() => add(text)} />
      </span>
    </div>
  );
}
