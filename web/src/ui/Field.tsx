import { useEffect, useId, useRef } from "react";
import { cx } from "./classes";
import { Icon } from "./Icon";
import type {
  CheckboxProps, FieldProps, NumberInputProps, RadioCardsProps, SwitchProps, TextAreaProps, TextInputProps,
} from "./props";
import { useOwnTexts } from "./texts";
import "./field.css";

/** A label over a control, a hint and an error under it; the control gets their ids. */
export function Field({ label, hint, error, required, children, className }: FieldProps) {
  const texts = useOwnTexts();
  const id = useId();
  const described = [hint && `${id}h`, error && `${id}e`].filter(Boolean).join(" ") || undefined;
  return (
    <div className={cx("hw-field", className)}>
      <label className="hw-field-label" htmlFor={id}>{label}{required && <span className="hw-field-required"> {texts.required}</span>}</label>
      {children(id, described)}
      {hint && <div id={`${id}h`} className="hw-field-hint">{hint}</div>}
      {error && <div id={`${id}e`} className="hw-field-error"><Icon name="alert" />{error}</div>}
    </div>
  );
}

export function TextInput({ onChange, describedBy, invalid, mono, className, ...rest }: TextInputProps) {
  return (
    <input
      type="text" autoComplete="off" {...rest} className={cx("hw-input", mono && "hw-mono", className)}
      aria-describedby={describedBy ?? rest["aria-describedby"]} aria-invalid={invalid || undefined}
      onChange={(e) => onChange(e.target.value)}
    />
  );
}

/** A number, or null while the field is empty. */
export function NumberInput({ value, onChange, describedBy, invalid, unit, className, ...rest }: NumberInputProps) {
  return (
    <span className={cx("hw-number", className)}>
      <input
        type="number" {...rest} className="hw-input" value={value ?? ""}
        aria-describedby={describedBy ?? rest["aria-describedby"]} aria-invalid={invalid || undefined}
        onChange={(e) => onChange(Number.isNaN(e.target.valueAsNumber) ? null : e.target.valueAsNumber)}
      />
      {unit && <span className="hw-muted">{unit}</span>}
    </span>
  );
}

export function TextArea({ onChange, describedBy, invalid, mono, className, ...rest }: TextAreaProps) {
  return (
    <textarea
      rows={4} spellCheck={!mono} {...rest} className={cx("hw-input", mono && "hw-mono", className)}
      aria-describedby={describedBy ?? rest["aria-describedby"]} aria-invalid={invalid || undefined}
      onChange={(e) => onChange(e.target.value)}
    />
  );
}

export function Checkbox({ label, checked, onChange, indeterminate, disabled, hint, className }: CheckboxProps) {
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    if (box.current) box.current.indeterminate = Boolean(indeterminate);
  }, [indeterminate]);
  return (
    <div className={cx("hw-check", className)} data-disabled={disabled || undefined}>
      <input ref={box} id={id} type="checkbox" className="hw-box" checked={checked} disabled={disabled}
        aria-describedby={hint ? `${id}h` : undefined} onChange={(e) => onChange(e.target.checked)} />
      <label htmlFor={id}>{label}</label>
      {hint && <div id={`${id}h`} className="hw-field-hint">{hint}</div>}
    </div>
  );
}

/** A setting that takes effect at once. */
export function Switch({ label, checked, onChange, disabled, hideLabel, className }: SwitchProps) {
  return (
    <label className={cx("hw-switch", className)} data-disabled={disabled || undefined}>
      <input type="checkbox" role="switch" checked={checked} disabled={disabled} onChange={(e) => onChange(e.target.checked)} />
      <span className={hideLabel ? "hw-sr" : undefined}>{label}</span>
    </label>
  );
}

/** One of a few choices, each with words of explanation. */
export function RadioCards<V extends string = string>({ label, value, options, onChange, className }: RadioCardsProps<V>) {
  const name = useId();
  return (
    <fieldset className={cx("hw-radios", className)}>
      <legend className="hw-field-label">{label}</legend>
      <div className="hw-radio-cards">
        {options.map((option) => (
          <label key={option.value} className="hw-radio-card" data-disabled={option.disabled || undefined}>
            <input type="radio" name={name} checked={option.value === value} disabled={option.disabled} onChange={() => onChange(option.value)} />
            {option.icon && <Icon name={option.icon} />}
            <span className="hw-radio-title">{option.title}</span>
            {option.text && <span className="hw-radio-text">{option.text}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
