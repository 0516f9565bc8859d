import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { Button, IconButton } from "./Button";
import { Icon } from "./Icon";
import type { IconName } from "./icons";
import type { ShowToast, Tone } from "./props";
import { useOwnTexts } from "./texts";
import "./toast.css";

interface Note { id: number; text: string; tone: Tone; action?: { label: string; run: () => void } }
const SHOWN_MS = 6_000;
const WITH_ACTION_MS = 10_000;
const AT_ONCE = 4;
const ICONS: Record<Tone, IconName> = { neutral: "info", accent: "info", info: "info", ok: "checkCircle", warn: "alert", bad: "xCircle" };

let notes: Note[] = [];
let next = 1;
const watchers = new Set<() => void>();
const set = (changed: Note[]) => {
  notes = changed;
  for (const watcher of watchers) watcher();
};
const subscribe = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};
const drop = (id: number) => set(notes.filter((note) => note.id !== id));

/** Says something in the corner for a few seconds; <Toasts/> shows it. */
export const toast: ShowToast = (text, tone = "neutral", action) => set([...notes, { id: next++, text, tone, action }].slice(-AT_ONCE));
export const useToast = (): ShowToast => toast;

function One({ note }: { note: Note }) {
  const texts = useOwnTexts();
  const timer = useRef(0);
  const wait = () => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => drop(note.id), note.action ? WITH_ACTION_MS : SHOWN_MS);
  };
  useEffect(() => {
    wait();
    return () => window.clearTimeout(timer.current);
  }, []);
  const stay = () => window.clearTimeout(timer.current);
  return (
    <div className="hw-toast" data-tone={note.tone} onPointerEnter={stay} onPointerLeave={wait} onFocus={stay} onBlur={wait}>
      <Icon name={ICONS[note.tone]} />
      <span className="hw-toast-text">{note.text}</span>
      {note.action && <Button size="small" onClick={() => { note.action?.run(); drop(note.id); }}>{note.action.label}</Button>}
      <IconButton icon="x" label={texts.dismiss} onClick={() => drop(note.id)} />
    </div>
  );
}

/** The corner where toasts appear: a polite live region, raised over dialogs. Mounted once, by the frame. */
export function Toasts() {
  const texts = useOwnTexts();
  const shown = useSyncExternalStore(subscribe, () => notes);
  const corner = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const it = corner.current;
    // Shown anew, it is above a dialog that was opened since; not while somebody is in it.
    if (!it || (it.contains(document.activeElement) && shown.length > 0)) return;
    if (it.matches(":popover-open")) it.hidePopover();
    if (shown.length > 0) it.showPopover();
  }, [shown]);
  return (
    <>
      <div className="hw-sr" role="status">{shown.at(-1)?.text}</div>
      <div ref={corner} className="hw-toasts" popover="manual" role="region" aria-label={texts.notes}>{shown.map((note) => <One key={note.id} note={note} />)}</div>
    </>
  );
}
