import { useEffect, useRef } from "react";

/** Do something when a value moves, at most once in a span; a move inside the span is made good at its end. */
export function useSettled(value: unknown, act: () => void, ms = 1_000): void {
  const latest = useRef(act);
  latest.current = act;
  const before = useRef(value);
  const last = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (before.current === value) return;
    const first = before.current === undefined;
    before.current = value;
    if (first || timer.current !== undefined) return;
    const wait = Math.max(0, ms - (performance.now() - last.current));
    timer.current = setTimeout(() => {
      timer.current = undefined;
      last.current = performance.now();
      latest.current();
    }, wait);
  }, [value, ms]);
  useEffect(() => () => clearTimeout(timer.current), []);
}
