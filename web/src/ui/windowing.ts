/** Which rows of a list are in sight, when all rows are equally high, and where they stand in what is scrolled. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";

/** Pixels that every browser can scroll over; Firefox ends at about 17.8 million. */
export const TALLEST = 8_000_000;
const OVERSCAN = 3;

/**
 * A list higher than TALLEST is shown in a box of that height: rows stand offset pixels higher than they would. Small
 * steps go pixel by pixel, and jumps of the scroll bar go to the same share of the list.
 */
export class Scale {
  /** Of the box that is scrolled. */
  readonly height: number;
  private readonly part: number;
  private readonly parts: number;
  private readonly step: number;

  constructor(
    readonly whole: number,
    private readonly tallest = TALLEST,
  ) {
    this.height = Math.min(whole, tallest);
    this.part = tallest / 100;
    this.parts = Math.floor(whole / this.part);
    this.step = whole > tallest && this.parts > 1 ? (whole - tallest) / (this.parts - 1) : 0;
  }

  /** The offset where y is the first pixel in sight. */
  offsetAt(y: number): number {
    return this.step === 0 ? 0 : Math.round(Math.min(this.parts - 1, Math.floor(y / this.part)) * this.step);
  }

  /** The offset after the scroll bar jumped to this place. view: pixels in sight. */
  offsetOfJump(top: number, view: number): number {
    if (this.step === 0 || this.tallest <= view) return 0;
    return this.offsetAt(top * ((this.whole - view) / (this.tallest - view)));
  }
}

export interface Rows {
  first: number;
  /** Of what is in sight; what is drawn goes a little further. */
  last: number;
  /** Indexes of the rows to draw, in their order. */
  shown: number[];
  height: number;
  topOf(index: number): number;
  scrollTo(index: number): void;
  /** Rows that fit. */
  fit: number;
}

interface Sight { first: number; last: number; offset: number }

/** head: pixels of the scroller that a fixed head covers. pinned: a row that is drawn wherever the list is. */
export function useRows(scroller: HTMLElement | null, { count, row, head, pinned }: { count: number; row: number; head: number; pinned: number }): Rows {
  const scale = useMemo(() => new Scale(count * row), [count, row]);
  const guess = Math.ceil(window.innerHeight / row);
  const [sight, setSight] = useState<Sight>({ first: 0, last: guess, offset: 0 });
  const held = useRef({ offset: 0, top: 0, view: window.innerHeight });

  const look = useCallback(() => {
    const { offset, top, view } = held.current;
    const first = Math.max(0, Math.min(count - 1, Math.floor((top + offset) / row)));
    const last = Math.max(0, Math.min(count - 1, Math.ceil((top + offset + view) / row) - 1));
    setSight((now) => (now.first === first && now.last === last && now.offset === offset ? now : { first, last, offset }));
  }, [count, row]);

  /** Shows pixel y of the list at the upper edge. */
  const show = useCallback((y: number) => {
    const here = held.current;
    const to = Math.max(0, Math.min(y, scale.whole - here.view));
    here.offset = scale.offsetAt(to);
    here.top = to - here.offset;
    if (scroller && Math.abs(scroller.scrollTop - here.top) >= 1) scroller.scrollTop = here.top;
    look();
  }, [scale, scroller, look]);

  useLayoutEffect(() => {
    if (!scroller) return undefined;
    const here = held.current;
    const measure = () => {
      here.view = Math.max(row, scroller.clientHeight - head);
      here.top = scroller.scrollTop;
      here.offset = scale.offsetOfJump(here.top, here.view);
      look();
    };
    measure();
    const observer = new ResizeObserver(() => {
      here.view = Math.max(row, scroller.clientHeight - head);
      look();
    });
    observer.observe(scroller);
    return () => observer.disconnect();
  }, [scroller, scale, row, head, look]);

  useEffect(() => {
    if (!scroller) return undefined;
    const scrolled = () => {
      const here = held.current;
      const top = scroller.scrollTop;
      const moved = top - here.top;
      if (scale.whole <= scale.height || Math.abs(moved) >= here.view) {
        here.top = top;
        here.offset = scale.offsetOfJump(top, here.view);
        return look();
      }
      if (moved !== 0) show(top + here.offset);
    };
    scroller.addEventListener("scroll", scrolled, { passive: true });
    return () => scroller.removeEventListener("scroll", scrolled);
  }, [scroller, scale, look, show]);

  const first = Math.min(sight.first, Math.max(0, count - 1));
  const last = Math.min(sight.last, count - 1);
  return {
    first, last: Math.max(first, last), height: scale.height, shown: indexes(first - OVERSCAN, last + OVERSCAN, count, pinned),
    topOf: (index) => index * row - sight.offset,
    scrollTo: (index) => {
      const { top, offset, view } = held.current;
      const y = top + offset;
      if (index * row < y) show(index * row);
      else if ((index + 1) * row > y + view) show((index + 1) * row - view);
    },
    fit: Math.max(1, Math.floor(held.current.view / row)),
  };
}

function indexes(from: number, to: number, count: number, pinned: number): number[] {
  const some: number[] = [];
  for (let at = Math.max(0, from); at <= Math.min(count - 1, to); at++) some.push(at);
  if (pinned < 0 || pinned >= count || (some[0] ?? 0) <= pinned && pinned <= (some.at(-1) ?? -1)) return some;
  return pinned < (some[0] ?? 0) ? [pinned, ...some] : [...some, pinned];
}
