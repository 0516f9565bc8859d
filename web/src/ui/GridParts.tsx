/** The parts of a data grid: head, row, column chooser. */
import { memo, type KeyboardEvent, type PointerEvent } from "react";
import { Button, IconButton } from "./Button";
import { cx } from "./classes";
import { Select } from "./Filter";
import { Icon } from "./Icon";
import { type GridColumns, NARROWEST } from "./gridColumns";
import { usePopover } from "./popover";
import type { Column, DataGridProps } from "./props";
import { useOwnTexts } from "./texts";

const STEP = 24;

interface HeadProps<Row> {
  grid: GridColumns<Row>;
  sort: DataGridProps<Row>["sort"];
  onSort: DataGridProps<Row>["onSort"];
  select?: { checked: boolean; some: boolean; onChange: () => void };
  menu: boolean;
}

/** A column begins descending where big numbers matter most. */
export function nextSort<Row>(column: Column<Row>, sort: DataGridProps<Row>["sort"]): boolean {
  return sort?.by === column.id ? !sort.descending : column.align === "right";
}

export function Head<Row>({ grid, sort, onSort, select, menu }: HeadProps<Row>) {
  const texts = useOwnTexts();
  return (
    <div role="row" aria-rowindex={1} className="hw-grid-head hw-grid-line">
      {select && (
        <div role="columnheader" className="hw-grid-edge">
          <input type="checkbox" className="hw-box" aria-label={texts.allMatching} checked={select.checked} onChange={select.onChange}
            ref={(box) => { if (box) box.indeterminate = select.some; }} />
        </div>
      )}
      {grid.shown.map((column) => <HeadCell key={column.id} column={column} grid={grid} sort={sort} onSort={onSort} />)}
      {menu && <div role="columnheader" className="hw-grid-edge"><span className="hw-sr">{texts.actions}</span></div>}
    </div>
  );
}

function HeadCell<Row>({ column, grid, sort, onSort }: Pick<HeadProps<Row>, "grid" | "sort" | "onSort"> & { column: Column<Row> }) {
  const texts = useOwnTexts();
  const sorted = sort?.by === column.id;
  const sortable = column.sortable && onSort;
  const begin = (event: PointerEvent<HTMLSpanElement>) => {
    const handle = event.currentTarget;
    const from = event.clientX;
    const width = handle.parentElement?.offsetWidth ?? NARROWEST;
    const move = (e: globalThis.PointerEvent) => grid.resize(column.id, width + e.clientX - from);
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), { once: true });
  };
  return (
    <div role="columnheader" className="hw-grid-cell" data-align={column.align}
      aria-sort={sorted ? (sort.descending ? "descending" : "ascending") : sortable ? "none" : undefined}>
      {sortable ? (
        <button type="button" className="hw-grid-sort" onClick={() => onSort(column.id, nextSort(column, sort))}>
          <span>{column.title}</span>{sorted && <Icon name={sort.descending ? "arrowDown" : "arrowUp"} />}
        </button>
      ) : <span className="hw-grid-title">{column.title}</span>}
      <span className="hw-grid-resize" title={texts.resize} onPointerDown={begin} onDoubleClick={() => grid.resize(column.id, undefined)} />
    </div>
  );
}

/** Sorting where there is no head to press: cards. */
export function CardSort<Row>({ columns, sort, onSort }: { columns: Column<Row>[] } & Pick<DataGridProps<Row>, "sort"> & Required<Pick<DataGridProps<Row>, "onSort">>) {
  const texts = useOwnTexts();
  const sortable = columns.filter((column) => column.sortable);
  const by = (id: string | undefined) => sortable.find((column) => column.id === id) ?? sortable[0];
  const now = by(sort?.by);
  if (!now) return null;
  const choose = (id: string) => {
    const column = by(id);
    if (column) onSort(column.id, nextSort(column, undefined));
  };
  return (
    <>
      <Select label={texts.sortBy} value={now.id} options={sortable.map((column) => ({ value: column.id, label: column.title }))} onChange={choose} />
      <IconButton icon={sort?.descending ? "arrowDown" : "arrowUp"} label={texts.reverse} onClick={() => onSort(now.id, !sort?.descending)} />
    </>
  );
}

export interface RowActs { toggle(index: number, range: boolean): void; menu(index: number, button: HTMLElement): void }
interface LineProps<Row> {
  row: Row | undefined;
  index: number;
  top: number;
  columns: Column<Row>[];
  active: boolean;
  /** undefined: rows can't be selected. */
  selected?: boolean;
  fixed: boolean;
  openable: boolean;
  menu: boolean;
  cards: boolean;
  acts: RowActs;
  words: { select: string; rowMenu: string };
}

const cardOf = <Row,>(column: Column<Row>, at: number, columns: Column<Row>[]) =>
  column.card ?? (at === 0 && !columns.some((other) => other.card === "title") ? "title" : "line");

/** How many lines a card has under its title. */
export const cardLines = <Row,>(columns: Column<Row>[]): number =>
  columns.filter((column, i) => cardOf(column, i, columns) === "line").length;

function LineOf<Row>(props: LineProps<Row>) {
  const { row, index, columns, active, selected, cards, acts, words } = props;
  const tab = active ? 0 : -1;
  return (
    <div role="row" aria-rowindex={index + 2} aria-selected={selected} data-index={index} tabIndex={tab}
      className={cx("hw-grid-line hw-grid-row", props.openable && row !== undefined && "hw-grid-opens")} style={{ transform: `translateY(${props.top}px)` }}>
      {selected !== undefined && (
        <div role="gridcell" className="hw-grid-edge">
          {row !== undefined && <input type="checkbox" className="hw-box" tabIndex={tab} aria-label={words.select} checked={selected} disabled={props.fixed}
            onChange={(e) => acts.toggle(index, e.nativeEvent instanceof MouseEvent && e.nativeEvent.shiftKey)} />}
        </div>
      )}
      {columns.map((column, i) => {
        const card = cards ? cardOf(column, i, columns) : undefined;
        if (card === "none") return null;
        return (
          <div key={column.id} role="gridcell" data-align={column.align} data-card={card} data-label={card === "line" ? column.title : undefined}
            className={row === undefined ? "hw-grid-cell hw-bone-cell" : "hw-grid-cell"}>
            {row !== undefined && column.render(row)}
          </div>
        );
      })}
      {props.menu && (
        <div role="gridcell" className="hw-grid-edge">
          {row !== undefined && <button type="button" className="hw-grid-menu" tabIndex={tab} aria-haspopup="menu" aria-label={words.rowMenu}
            onClick={(e) => acts.menu(index, e.currentTarget)} />}
        </div>
      )}
    </div>
  );
}
export const Line = memo(LineOf) as typeof LineOf;

/** Which columns are shown; their widths by buttons, for those who don't drag. */
export function ColumnChooser<Row>({ columns, grid }: { columns: Column<Row>[]; grid: GridColumns<Row> }) {
  const texts = useOwnTexts();
  const pop = usePopover("end", (panel) => panel.querySelector<HTMLElement>("input")?.focus());
  const resize = (event: { currentTarget: Element }, id: string, by: number) => {
    const at = grid.shown.findIndex((column) => column.id === id);
    const heads = event.currentTarget.closest(".hw-grid")?.querySelectorAll<HTMLElement>(".hw-grid-head .hw-grid-cell");
    grid.resize(id, (heads?.[at]?.offsetWidth ?? NARROWEST) + by);
  };
  const arrows = (event: KeyboardEvent<HTMLElement>) => {
    const boxes = [...event.currentTarget.querySelectorAll<HTMLElement>("input")];
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    boxes[(boxes.indexOf(document.activeElement as HTMLElement) + by + boxes.length) % boxes.length]?.focus();
  };
  return (
    <>
      <Button {...pop.trigger} size="small" kind="quiet" icon="columns" aria-haspopup="dialog">{texts.columns}</Button>
      <div {...pop.panel} role="dialog" aria-label={texts.columns} className="hw-pop hw-chooser" onKeyDown={arrows}>
        {pop.open && (
          <>
            <ul>
              {columns.map((column) => (
                <li key={column.id}>
                  <label className="hw-multi-option">
                    <input type="checkbox" className="hw-box" checked={grid.isShown(column.id)} onChange={() => grid.toggle(column.id)} />
                    <span>{column.title}</span>
                  </label>
                  {grid.isShown(column.id) && (
                    <>
                      <IconButton icon="minus" label={texts.narrower(column.title)} onClick={(e) => resize(e, column.id, -STEP)} />
                      <IconButton icon="plus" label={texts.wider(column.title)} onClick={(e) => resize(e, column.id, STEP)} />
                    </>
                  )}
                </li>
              ))}
            </ul>
            <Button size="small" kind="quiet" icon="undo" onClick={grid.reset}>{texts.reset}</Button>
          </>
        )}
      </div>
    </>
  );
}
