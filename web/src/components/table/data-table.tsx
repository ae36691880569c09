import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import { type MouseEvent, type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { type Column, fitColumns } from '#app/components/table/columns.ts';
import type { Selection } from '#app/components/table/selection.ts';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { useIsPhone } from '#app/lib/use-media.ts';
import { useWidth } from '#app/lib/use-width.ts';

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

const rowHeight = 44;
const cardHeight = 120;

export function Rows<Row, K extends string | number>(props: RowsProps<Row, K>) {
  return useIsPhone() ? <Cards {...props} /> : <Table {...props} />;
}

const none: ReadonlySet<string> = new Set();

/** A short table without paging, which shows the columns there is room for. */
export function FittedRows<Row, K extends string | number>(props: RowsProps<Row, K>) {
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const columns = useIsPhone() ? props.columns.filter((column) => (column.priority ?? 2) <= 2) : fitColumns(props.columns, none, room);
  return (
    <div ref={frame}>
      <Rows {...props} columns={columns} />
    </div>
  );
}

/** A click anywhere in a row opens it, unless it hit a control or selected text. */
function useOpen<Row, K extends string | number>({ rowLink, onOpen }: RowsProps<Row, K>) {
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
function Opener<Row, K extends string | number>({ props, row, children }: { props: RowsProps<Row, K>; row: Row; children: ReactNode }) {
  const style = 'inline-flex min-h-6 min-w-6 max-w-full items-center truncate rounded text-left font-medium text-ink hover:underline';
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
function useWindowOf(count: number, size: number, ref: RefObject<HTMLElement | null>, measure: boolean) {
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

function Table<Row, K extends string | number>(props: RowsProps<Row, K>) {
  const t = useT();
  const { columns, rows, selection } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const view = useWindowOf(rows.length, rowHeight, body, false);
  const open = useOpen(props);
  const weight = columns.reduce((sum, column) => sum + column.width, 0);
  const pageKeys = rows.map(props.rowKey);
  const ticked = pageKeys.filter((key) => selection?.keys.has(key)).length;
  const offset = props.offset ?? 0;

  return (
    <table
      className={cn('w-full table-fixed border-separate border-spacing-0', props.stale && 'opacity-60 transition-opacity')}
      aria-rowcount={(props.total ?? rows.length) + 1}
      aria-busy={props.stale || undefined}
    >
      <caption className="sr-only">{props.caption}</caption>
      <colgroup>
        {selection && <col style={{ width: 44 }} />}
        {columns.map((column) => (
          <col key={column.id} style={{ width: `${(column.width / weight) * 100}%` }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {selection && (
            <th scope="col" className={cn(headStyle(props.sticky), 'px-0 first:pl-0')}>
              <span className="grid place-items-center">
                <Checkbox
                  bare
                  label={t('table.selectPage')}
                  checked={ticked === 0 ? false : ticked === rows.length ? true : 'indeterminate'}
                  onChange={(on) => selection.togglePage(pageKeys, on)}
                />
              </span>
            </th>
          )}
          {columns.map((column) => (
            <HeadCell key={column.id} column={column} {...props} />
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {view.before > 0 && (
          <tr aria-hidden style={{ height: view.before }}>
            <td />
          </tr>
        )}
        {view.items.map((index) => {
          const row = rows[index];
          if (row === undefined) return null;
          const key = props.rowKey(row);
          const isTicked = selection?.keys.has(key) ?? false;
          return (
            // The row's own link or button serves the keyboard; the click anywhere is for the mouse.
            <tr
              key={key}
              aria-rowindex={offset + index + 2}
              onClick={open && ((event) => open(event, row))}
              className={cn('group h-11', open && 'cursor-pointer', isTicked ? 'bg-primary-soft' : 'hover:bg-sunken/60')}
            >
              {selection && (
                <td className="border-b border-line">
                  <span className="grid place-items-center">
                    <Checkbox
                      bare
                      label={t('table.selectRow', { name: props.rowName(row) })}
                      checked={isTicked}
                      onChange={(on) => selection.toggle(key, on)}
                    />
                  </span>
                </td>
              )}
              {columns.map((column, position) => (
                <td
                  key={column.id}
                  className={cn('truncate border-b border-line px-3 py-1 first:pl-5 last:pr-5', column.align === 'right' && 'text-right')}
                >
                  {position === 0 ? (
                    <Opener props={props} row={row}>
                      {column.cell(row)}
                    </Opener>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          );
        })}
        {view.after > 0 && (
          <tr aria-hidden style={{ height: view.after }}>
            <td />
          </tr>
        )}
      </tbody>
    </table>
  );
}

const headStyle = (sticky: boolean | undefined) =>
  cn(
    'h-9 border-b border-line bg-surface px-3 text-left align-middle font-normal first:pl-5 last:pr-5',
    sticky && 'sticky top-[var(--head)] z-10',
  );

function HeadCell<Row, K extends string | number>({ column, sort, onSort, sticky }: { column: Column<Row> } & RowsProps<Row, K>) {
  const right = column.align === 'right';
  if (!column.sort || !onSort)
    return (
      <th scope="col" className={cn(headStyle(sticky), 'label-caps truncate text-faint', right && 'text-right')}>
        {column.header}
      </th>
    );
  const up = sort === column.sort;
  const down = sort === `-${column.sort}`;
  const next = up ? `-${column.sort}` : down ? column.sort : `${column.downFirst ? '-' : ''}${column.sort}`;
  const Icon = up ? ArrowUp : down ? ArrowDown : ArrowUpDown;
  return (
    <th scope="col" aria-sort={up ? 'ascending' : down ? 'descending' : 'none'} className={headStyle(sticky)}>
      <button
        type="button"
        onClick={() => onSort(next)}
        className={cn(
          'label-caps group/sort -mx-1.5 flex h-7 w-[calc(100%+0.75rem)] min-w-0 items-center gap-1 rounded px-1.5 hover:text-ink',
          right && 'flex-row-reverse',
          up || down ? 'text-ink' : 'text-faint',
        )}
      >
        <span className="truncate">{column.header}</span>
        <Icon
          aria-hidden
          className={cn('size-3.5 shrink-0', !up && !down && 'hidden opacity-70 group-hover/sort:block group-focus-visible/sort:block')}
        />
      </button>
    </th>
  );
}

/** The same rows on a telephone: a card each, first column as its title. */
function Cards<Row, K extends string | number>(props: RowsProps<Row, K>) {
  const t = useT();
  const { columns, rows, selection } = props;
  const list = useRef<HTMLUListElement>(null);
  const view = useWindowOf(rows.length, cardHeight, list, true);
  const open = useOpen(props);
  const [title, ...rest] = columns;
  if (!title) return null;
  return (
    <ul ref={list} aria-label={props.caption} className={cn('divide-y divide-line', props.stale && 'opacity-60')}>
      {view.before > 0 && <li aria-hidden style={{ height: view.before }} />}
      {view.items.map((index) => {
        const row = rows[index];
        if (row === undefined) return null;
        const key = props.rowKey(row);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the card's own link or button serves the keyboard
          <li
            key={key}
            data-index={index}
            ref={view.measure}
            onClick={open && ((event) => open(event, row))}
            className={cn('flex gap-3 px-4 py-3', selection?.keys.has(key) && 'bg-primary-soft')}
          >
            {selection && (
              <span className="pt-0.5">
                <Checkbox
                  bare
                  label={t('table.selectRow', { name: props.rowName(row) })}
                  checked={selection.keys.has(key)}
                  onChange={(on) => selection.toggle(key, on)}
                />
              </span>
            )}
            <div className="min-w-0 flex-1">
              <div className="text-base">
                <Opener props={props} row={row}>
                  {title.cell(row)}
                </Opener>
              </div>
              <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
                {rest.map((column) => (
                  <div key={column.id} className="contents">
                    <dt className="text-faint">{column.header}</dt>
                    <dd className="min-w-0 truncate text-right">{column.cell(row)}</dd>
                  </div>
                ))}
              </dl>
            </div>
          </li>
        );
      })}
      {view.after > 0 && <li aria-hidden style={{ height: view.after }} />}
    </ul>
  );
}
