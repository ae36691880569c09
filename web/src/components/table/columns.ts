import type { ReactNode } from 'react';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Its text in an exported file; a column without it is not exported. */
  csv?: (row: Row) => string;
  /** Field name the server sorts by. */
  sort?: string;
  /** The first click sorts downwards (times, amounts). */
  downFirst?: boolean;
  /** Wanted width in pixels: weighs against the others. */
  width: number;
  align?: 'right';
  /** 1 is always shown; higher ones give way first when there is no room. */
  priority?: 1 | 2 | 3;
  /** Off until the reader switches it on. */
  off?: boolean;
}

/** The chosen columns that fit into `room` pixels; the least important give way from the right. */
export function fitColumns<Row>(columns: readonly Column<Row>[], hidden: ReadonlySet<string>, room: number): Column<Row>[] {
  const shown = columns.filter((column) => !hidden.has(column.id));
  const need = (list: readonly Column<Row>[]) => list.reduce((sum, column) => sum + column.width, 0);
  while (room > 0 && need(shown) > room && shown.length > 2) {
    const lowest = Math.max(...shown.map((column) => column.priority ?? 2));
    if (lowest === 1) break;
    shown.splice(
      shown.findLastIndex((column) => (column.priority ?? 2) === lowest),
      1,
    );
  }
  return shown;
}
