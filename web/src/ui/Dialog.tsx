import { useId, useLayoutEffect, useRef, useState, type MouseEvent, type SyntheticEvent } from "react";
import { count as inWords } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { Button, IconButton } from "./Button";
import { cx } from "./classes";
import type { ConfirmDialogProps, DrawerProps, OverlayProps } from "./props";
import { ErrorState } from "./State";
import { useOwnTexts } from "./texts";
import "./dialog.css";

const TYPE_ABOVE = 100;
const OBJECTS_SHOWN = 8;
// What says so; else the first field, else what the browser chooses (the way out).
const FIRST_FOCUS = ":scope:has([data-first-focus]) [data-first-focus], :scope:not(:has([data-first-focus])) .hw-modal-body :is(input, select, textarea):enabled";

/** The native modal dialog: it traps the focus, and gives it back when it closes or goes away. */
function Modal({ open, title, onClose, children, actions, className }: OverlayProps) {
  const texts = useOwnTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  const name = useId();
  useLayoutEffect(() => {
    const it = dialog.current;
    if (!open || !it) return undefined;
    it.showModal();
    it.querySelector<HTMLElement>(FIRST_FOCUS)?.focus();
    return () => it.close();
  }, [open]);
  const cancel = (event: SyntheticEvent) => {
    if (event.target !== event.currentTarget) return;
    event.preventDefault();
    onClose();
  };
  const outside = (event: MouseEvent) => event.target === event.currentTarget && onClose();
  return (
    <dialog ref={dialog} className={cx("hw-modal", className)} aria-labelledby={name} onCancel={cancel} onMouseDown={outside}>
      {open && (
        <div className="hw-modal-frame">
          <div className="hw-modal-head"><h2 id={name}>{title}</h2><IconButton icon="x" label={texts.close} onClick={onClose} /></div>
          <div className="hw-modal-body" tabIndex={-1}>{children}</div>
          {actions && <div className="hw-modal-foot">{actions}</div>}
        </div>
      )}
    </dialog>
  );
}

/** A modal dialog in the middle of the window. */
export function Dialog(props: OverlayProps) {
  return <Modal {...props} className={cx("hw-dialog", props.className)} />;
}

/** A modal panel at the end edge; the whole width on phones. */
export function Drawer({ wide, ...props }: DrawerProps) {
  return <Modal {...props} className={cx("hw-drawer", wide && "hw-drawer-wide", props.className)} />;
}

/** Asks before something that can't be taken back. Cancel has the focus; above 100 objects the number is typed. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, onClose, busy, verb, danger } = props;
  const texts = useOwnTexts();
  const [typed, setTyped] = useState("");
  const asked = props.count !== undefined && props.count > TYPE_ABOVE;
  const blocked = asked && typed.trim() !== String(props.count);
  useLayoutEffect(() => setTyped(""), [open]);
  const actions = (
    <>
      <Button data-first-focus onClick={onClose}>{texts.cancel}</Button>
      <Button kind={danger ? "danger" : "primary"} disabled={blocked} busy={busy} onClick={props.onConfirm}>{verb}</Button>
    </>
  );
  return (
    <Dialog open={open} title={title} onClose={onClose} actions={actions}>
      <div className="hw-confirm">
        <div>{props.body}</div>
        {props.objects && props.objects.length > 0 && <Objects names={props.objects} total={props.count} />}
        {asked && (
          <label className="hw-field">
            <span className="hw-field-label">{texts.typeCount(String(props.count))}</span>
            <input className="hw-input" inputMode="numeric" autoComplete="off" value={typed} onChange={(e) => setTyped(e.target.value)} />
          </label>
        )}
        {props.error && <ErrorState error={props.error} />}
      </div>
    </Dialog>
  );
}

function Objects({ names, total = names.length }: { names: string[]; total?: number }) {
  const texts = useOwnTexts();
  const [language] = useLanguage();
  const shown = names.slice(0, OBJECTS_SHOWN);
  const left = Math.max(total, names.length) - shown.length;
  return (
    <ul className="hw-confirm-objects">
      {shown.map((name) => <li key={name}>{name}</li>)}
      {left > 0 && <li className="hw-muted">{texts.more(inWords(left, language))}</li>}
    </ul>
  );
}
