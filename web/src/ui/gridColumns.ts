/** Which columns of a grid are shown and how wide, kept in this browser for each user, under the grid's storage key. */
import { useCallback, useMemo, useState } from "react";
import { keep, kept } from "@/lib/kept";
import { held } from "@/lib/session";
import type { Column } from "./props";

export const NARROWEST = 56;
const GROWS_FROM = 140;
export const EDGE_WIDTH = 36;

interface Kept { shown: Record<string, boolean>; widths: Record<string, number> }
const NOTHING: Kept = { shown: {}, widths: {} };

function read(name: string): Kept {
  try {
    const found: unknown = JSON.parse(kept(name) || "null");
    return typeof found === "object" && found !== null ? { ...NOTHING, ...found } : NOTHING;
  } catch {
    return NOTHING; // Text of another version: as if nothing had been chosen.
  }
}

export interface GridColumns<Row> {
  shown: Column<Row>[];
  /** CSS grid-template-columns of a row, without the edges for selection and menu. */
  template: string;
  /** The least width in pixels, below which the grid scrolls sideways. */
  least: number;
  isShown(id: string): boolean;
  toggle(id: string): void;
  /** undefined: the column's own width again. */
  resize(id: string, width: number | undefined): void;
  reset(): void;
}

export function useColumns<Row>(columns: Column<Row>[], storageKey: string): GridColumns<Row> {
  const name = `grid.${held()?.user ?? ""}.${storageKey}`;
  const [choice, setChoice] = useState(() => read(name));
  const change = useCallback((next: (now: Kept) => Kept) => {
    setChoice((now) => {
      const changed = next(now);
      keep(name, changed === NOTHING ? "" : JSON.stringify(changed));
      return changed;
    });
  }, [name]);
  return useMemo(() => {
    const isShown = (column: Column<Row>) => choice.shown[column.id] ?? !column.hidden;
    const some = columns.filter(isShown);
    const shown = some.length > 0 ? some : columns.slice(0, 1);
    const widthOf = (column: Column<Row>) => choice.widths[column.id] ?? column.width ?? "grow";
    const grows = shown.some((column) => widthOf(column) === "grow");
    const tracks = shown.map((column, i) => {
      const width = widthOf(column);
      if (width === "grow") return `minmax(${GROWS_FROM}px, 1fr)`;
      return !grows && i === shown.length - 1 ? `minmax(${width}px, 1fr)` : `${width}px`;
    });
    return {
      shown, template: tracks.join(" "),
      least: shown.reduce((sum, column) => sum + (Number(widthOf(column)) || GROWS_FROM), 0),
      isShown: (id: string) => shown.some((column) => column.id === id),
      toggle: (id: string) => change((now) => ({ ...now, shown: { ...now.shown, [id]: !shown.some((column) => column.id === id) } })),
      resize: (id: string, width: number | undefined) => change((now) => {
        const { [id]: _, ...others } = now.widths;
        return { ...now, widths: width === undefined ? others : { ...others, [id]: Math.max(NARROWEST, Math.round(width)) } };
      }),
      reset: () => change(() => NOTHING),
    };
  }, [columns, choice, change]);
}
