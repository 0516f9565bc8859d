import {
  useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type MouseEvent, type RefObject,
} from "react";
import { count as inWords } from "@/lib/format";
import { useLanguage } from "@/lib/i18n";
import { Button } from "./Button";
import { cx } from "./classes";
import { EDGE_WIDTH, useColumns } from "./gridColumns";
import { cardLines, CardSort, ColumnChooser, Head, Line, type RowActs } from "./GridParts";
import { useHotKeys } from "./keys";
import { useMenu } from "./Menu";
import type { DataGridProps, Selection } from "./props";
import { ErrorState } from "./State";
import { useOwnTexts } from "./texts";
import { useRows } from "./windowing";
import "./grid.css";

const ROW = 32;
const CARD_TITLE = 52;
const CARD_LINE = 24;
const CARDS_BELOW = 640;
const SKELETONS = 12;
const UNDER = 16;

/** Whether the grid is narrow enough for cards, and the most it may be high to end inside the window. Pixels. */
function useRoom(box: RefObject<HTMLElement | null>): { cards: boolean; high: number } {
  const [room, setRoom] = useState({ cards: window.innerWidth <= CARDS_BELOW, high: window.innerHeight });
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return undefined;
    const measure = () => {
      const scroll = it.querySelector(".hw-grid-scroll") ?? it;
      const top = scroll.getBoundingClientRect().top + window.scrollY;
      const next = { cards: it.offsetWidth <= CARDS_BELOW, high: Math.max(320, window.innerHeight - top - UNDER) };
      setRoom((now) => (now.cards === next.cards && Math.abs(now.high - next.high) < 2 ? now : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(it);
    observer.observe(document.body);
    window.addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, [box]);
  return room;
}

/** Heights follow the reader's font size. */
const scaled = (pixels: number) => Math.round((pixels * (Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16)) / 16);

const interactive = (target: EventTarget) => target instanceof Element && target.closest("a, button, input, label, select, textarea, summary, [role=menu]") !== null;

/**
 * Any number of rows, of which only those in sight are there. Keys on a row: arrows or j k, Home, End, PageUp,
 * PageDown move; Enter opens; x selects (with Shift: up to here); "." opens the row's menu.
 */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { pages, selection, onOpen, onSort, sort, menu, rowKey, onWindow } = props;
  const texts = useOwnTexts();
  const [language] = useLanguage();
  const grid = useColumns(props.columns, props.storageKey);
  const box = useRef<HTMLElement>(null);
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const { cards, high } = useRoom(box);
  const [active, setActive] = useState(0);
  const focusing = useRef(false);
  const anchor = useRef(0);
  const [menuAt, setMenuAt] = useState(-1);

  const waiting = pages.loading && pages.total === 0;
  const total = waiting ? SKELETONS : pages.total;
  const current = Math.min(active, Math.max(0, total - 1));
  const row = scaled(cards ? CARD_TITLE + CARD_LINE * cardLines(grid.shown) : ROW);
  const head = cards ? 0 : scaled(ROW);
  const rows = useRows(scroller, { count: total, row, head, pinned: current });
  const { first, last } = rows;
  const tell = useRef({ pages, onWindow });
  tell.current = { pages, onWindow };
  useEffect(() => {
    tell.current.pages.want(first, last);
    tell.current.onWindow?.(first, last);
  }, [first, last, pages.asOf, total]);
  useLayoutEffect(() => {
    if (!focusing.current) return;
    focusing.current = false;
    scroller?.querySelector<HTMLElement>(`[data-index="${current}"]`)?.focus({ preventScroll: true });
  });

  const go = (index: number) => {
    const to = Math.max(0, Math.min(total - 1, index));
    setActive(to);
    rows.scrollTo(to);
    // A row that is there already may need no drawing, after which it would get the focus.
    const line = scroller?.querySelector<HTMLElement>(`[data-index="${to}"]`);
    if (line) line.focus({ preventScroll: true });
    else focusing.current = true;
  };
  const pageRows = Math.max(1, rows.fit - 1);
  useHotKeys({ j: () => total > 0 && go(current), k: () => total > 0 && go(current) });

  const select = (next: Selection) => selection?.onChange(next);
  const toggle = (index: number, range: boolean) => {
    const it = pages.row(index);
    if (!selection || selection.all || it === undefined) return;
    const keys = new Set(selection.keys);
    const on = !keys.has(rowKey(it));
    const [from, to] = range ? [Math.min(anchor.current, index), Math.max(anchor.current, index)] : [index, index];
    for (let at = from; at <= to; at++) {
      const other = pages.row(at);
      if (other !== undefined) keys[on || range ? "add" : "delete"](rowKey(other));
    }
    anchor.current = index;
    select({ keys, all: false });
  };
  const selectAll = () => {
    const none = { keys: new Set<string>(), all: false };
    if (selection && (selection.all || selection.keys.size >= pages.total)) return select(none);
    const keys = new Set<string>();
    for (let at = 0; at < pages.total; at++) {
      const it = pages.row(at);
      if (it === undefined) return select({ ...none, all: true });
      keys.add(rowKey(it));
    }
    return select({ keys, all: false });
  };
  const menuRow = menuAt < 0 ? undefined : pages.row(menuAt);
  const rowMenu = useMenu(texts.rowMenu, menu && menuRow !== undefined ? menu(menuRow) : [], "end");
  const openMenu = (index: number, button: HTMLElement) => {
    setActive(index);
    setMenuAt(index);
    rowMenu.showAt(button);
  };
  const latest = useRef<RowActs>({ toggle, menu: openMenu });
  latest.current = { toggle, menu: openMenu };
  const acts = useMemo<RowActs>(() => ({ toggle: (i, r) => latest.current.toggle(i, r), menu: (i, b) => latest.current.menu(i, b) }), []);
  const words = useMemo(() => ({ select: texts.select, rowMenu: texts.rowMenu }), [texts]);

  const open = (index: number) => {
    const it = pages.row(index);
    if (it !== undefined) onOpen?.(it, index);
  };
  const keys: Record<string, (event: KeyboardEvent) => void> = {
    ArrowDown: () => go(current + 1), j: () => go(current + 1), ArrowUp: () => go(current - 1), k: () => go(current - 1),
    Home: () => go(0), End: () => go(total - 1), PageDown: () => go(current + pageRows), PageUp: () => go(current - pageRows),
    x: () => toggle(current, false), X: () => toggle(current, true),
    ".": (event) => {
      const button = (event.target as Element).closest("[data-index]")?.querySelector<HTMLElement>(".hw-grid-menu");
      if (menu && button) openMenu(current, button);
    },
  };
  const onRow = (target: EventTarget) => (target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null);
  const press = (event: KeyboardEvent) => {
    const line = onRow(event.target);
    if (!line || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === "Enter" && event.target === line) {
      // Else the same press would press what gets the focus in what is opened.
      event.preventDefault();
      return open(current);
    }
    if (event.key === " " && event.target === line) keys.x?.(event);
    else if (Object.hasOwn(keys, event.key) && !(event.target instanceof HTMLInputElement && event.target.type === "text")) keys[event.key]?.(event);
    else return;
    event.preventDefault();
  };
  const click = (event: MouseEvent) => {
    const line = onRow(event.target);
    if (!line) return;
    const index = Number(line.dataset.index);
    setActive(index);
    if (event.shiftKey && selection && !interactive(event.target)) return toggle(index, true);
    if (!interactive(event.target) && !window.getSelection()?.toString()) open(index);
  };

  const number = (n: number) => inWords(n, language);
  const chosen = selection ? (selection.all ? pages.total : selection.keys.size) : 0;
  const edges = [selection ? `${EDGE_WIDTH}px ` : "", menu ? ` ${EDGE_WIDTH}px` : ""] as const;
  const least = grid.least + EDGE_WIDTH * (Number(Boolean(selection)) + Number(Boolean(menu)));
  const style = {
    "--hw-columns": `${edges[0]}${grid.template}${edges[1]}`, "--hw-line": `${row}px`, "--hw-head": `${head}px`,
    "--hw-high": props.visibleRows ? `${head + row * props.visibleRows + 2}px` : `${high}px`,
  } as CSSProperties;
  const nothing = !pages.loading && pages.total === 0;

  return (
    <section ref={box} className={cx("hw-grid", cards && "hw-grid-cards", props.className)} style={style} aria-label={props.label}>
      <div className="hw-grid-bar" data-chosen={chosen > 0 || undefined}>
        <span role="status" className="hw-grid-count">
          {waiting || (pages.error && pages.total === 0) ? "" : chosen > 0 ? (selection?.all ? texts.all(number(chosen)) : texts.selected(number(chosen))) : pages.total === 1 ? texts.oneRow : texts.rows(number(pages.total))}
        </span>
        {chosen > 0 && <><Button size="small" kind="quiet" onClick={() => select({ keys: new Set(), all: false })}>{texts.clear}</Button>{props.bulk}</>}
        <span className="hw-grid-tools">
          {cards && onSort && <CardSort columns={grid.shown} sort={sort} onSort={onSort} />}
          <ColumnChooser columns={props.columns} grid={grid} />
        </span>
      </div>
      {pages.error && <ErrorState error={pages.error} onRetry={pages.refetch} asOf={pages.asOf} className="hw-grid-error" />}
      {nothing && !pages.error && props.empty}
      {!nothing && (
        <div ref={setScroller} className="hw-grid-scroll" role="grid" aria-label={props.label} aria-busy={waiting || undefined} aria-rowcount={waiting ? -1 : pages.total + 1}
          aria-multiselectable={selection ? true : undefined} onKeyDown={press} onClick={click}
          onFocus={(e) => { const line = onRow(e.target); if (line) setActive(Number(line.dataset.index)); }}>
          <div role="rowgroup" className={cards ? "hw-sr" : "hw-grid-top"} style={{ minInlineSize: cards ? undefined : least }}>
            <Head grid={grid} sort={sort} onSort={onSort} menu={Boolean(menu)}
              select={selection && { checked: chosen > 0 && chosen >= pages.total, some: chosen > 0 && chosen < pages.total, onChange: selectAll }} />
          </div>
          <div role="rowgroup" className="hw-grid-body" style={{ blockSize: rows.height, minInlineSize: cards ? undefined : least }}>
            {rows.shown.map((index) => {
              const it = waiting ? undefined : pages.row(index);
              return (
                <Line key={index} row={it} index={index} top={rows.topOf(index)} columns={grid.shown} active={index === current}
                  selected={selection && (selection.all || (it !== undefined && selection.keys.has(rowKey(it))))} fixed={Boolean(selection?.all)}
                  openable={Boolean(onOpen)} menu={Boolean(menu)} cards={cards} acts={acts} words={words} />
              );
            })}
          </div>
        </div>
      )}
      {menu && rowMenu.panel}
    </section>
  );
}
