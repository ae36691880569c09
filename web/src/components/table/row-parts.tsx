import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, type ReactNode, type RefObject, useLayoutEffect, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { Column } from '#app/components/table/columns.ts';
import type { Selection } from '#app/components/table/selection.ts';

export interface RowsProps<Row, K extends string | number> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => K;
  /** Where a click on the row leads. */
  rowLink?: ((row: Row) => string) | undefined;
  /** Or what it opens. */
  onOpen?: ((row: Row) => void) | undefined;
  /** The row in words, for its check box. */
  rowName: (row: Row) => string;
  sort?: string | undefined;
  onSort?: ((sort: string) => void) | undefined;
  selection?: Selection<K> | undefined;
  /** Total and offset, so that a reader knows the true row number. */
  total?: number | undefined;
  offset?: number | undefined;
  /** Old rows are shown while new ones load. */
  stale?: boolean;
  /** The head sticks under the page's bars. */
  sticky?: boolean;
}

/** A click anywhere in a row opens it, unless it hit a control or selected text. */
export function useOpen<Row, K extends string | number>({ rowLink, onOpen }: RowsProps<Row, K>) {
  const navigate = useNavigate();
  if (!rowLink && !onOpen) return undefined;
  return (event: MouseEvent, row: Row) => {
    if (event.target instanceof Element && event.target.closest('a,button,input,label,[role="checkbox"]')) return;
    if (getSelection()?.toString()) return;
    if (onOpen) onOpen(row);
    else if (rowLink) {
      if (event.metaKey || event.ctrlKey) window.open(rowLink(row), '_blank', 'noopener');
      else void navigate(rowLink(row));
    }
  };
}

/** The opening column holds the real link or button, for keyboards and screen readers. */
export function Opener<Row, K extends string | number>({
  props,
  row,
  children,
}: {
  props: RowsProps<Row, K>;
  row: Row;
  children: ReactNode;
}) {
  const style =
    'inline-block min-h-6 max-w-full min-w-6 truncate rounded text-left align-middle leading-6 font-medium text-ink hover:underline';
  if (props.rowLink)
    return (
      <Link to={props.rowLink(row)} className={style}>
        {children}
      </Link>
    );
  if (props.onOpen)
    return (
      <button type="button" onClick={() => props.onOpen?.(row)} className={style}>
        {children}
      </button>
    );
  return children;
}

function useScrollMargin(ref: RefObject<HTMLElement | null>): number {
  const [margin, setMargin] = useState(0);
  useLayoutEffect(() => {
    if (ref.current) setMargin(ref.current.getBoundingClientRect().top + window.scrollY);
  }, [ref]);
  return margin;
}

/** Only what is near the window is in the document, once a page is long. */
export function useWindowOf(count: number, size: number, ref: RefObject<HTMLElement | null>, measure: boolean) {
  const scrollMargin = useScrollMargin(ref);
  const virtual = useWindowVirtualizer({ count, estimateSize: () => size, overscan: 12, scrollMargin, enabled: count > 60 });
  if (count <= 60) return { items: Array.from({ length: count }, (_, index) => index), before: 0, after: 0, measure: undefined };
  const items = virtual.getVirtualItems();
  return {
    items: items.map((item) => item.index),
    before: Math.max(0, (items[0]?.start ?? 0) - scrollMargin),
    after: Math.max(0, virtual.getTotalSize() - ((items.at(-1)?.end ?? 0) - scrollMargin)),
    measure: measure ? virtual.measureElement : undefined,
  };
}
