import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import { useRef } from 'react';
import type { Column } from '#app/components/table/columns.ts';
import { Opener, type RowsProps, useOpen, useWindowOf } from '#app/components/table/row-parts.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';

const rowHeight = 44;

/** Rows on a screen that is wide enough: a real table with a head that stays. */
export function Table<Row, K extends string | number>(props: RowsProps<Row, K>) {
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
