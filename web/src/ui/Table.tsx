import type { KeyboardEvent, MouseEvent } from "react";
import { cx } from "./classes";
import type { TableProps } from "./props";
import "./grid.css";

/** A small table: all rows are there, no sorting. Narrow, each row is a card; roles are said because cards lose them. */
export function Table<Row>({ label, columns, rows, rowKey, empty, onOpen, className }: TableProps<Row>) {
  if (rows.length === 0) return <>{empty}</>;
  const shown = columns.filter((column) => !column.hidden);
  const open = (event: MouseEvent | KeyboardEvent, row: Row) => {
    const inside = event.target instanceof Element && event.target.closest("a, button, input, label, select");
    if (!inside && !window.getSelection()?.toString()) onOpen?.(row);
  };
  return (
    <div className={cx("hw-table", className)} role="presentation">
      <table role="table" aria-label={label}>
        <colgroup>{shown.map((column) => <col key={column.id} style={{ width: column.width === "grow" ? undefined : column.width }} />)}</colgroup>
        <thead role="rowgroup">
          <tr role="row">{shown.map((column) => column.title === ""
            ? <td key={column.id} role="cell" className="hw-table-corner" data-align={column.align} />
            : <th key={column.id} role="columnheader" scope="col" data-align={column.align}>{column.title}</th>)}</tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" tabIndex={onOpen ? 0 : undefined} data-opens={onOpen ? "" : undefined} onClick={(e) => open(e, row)}
              onKeyDown={(e) => {
                if (e.key !== "Enter" || e.target !== e.currentTarget) return;
                e.preventDefault();
                open(e, row);
              }}>
              {shown.map((column) => (
                <td key={column.id} role="cell" data-align={column.align} data-card={column.card ?? "line"} data-label={column.title}>{column.render(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
