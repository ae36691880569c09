import { useRef } from 'react';
import { Opener, type RowsProps, useOpen, useWindowOf } from '#app/components/table/row-parts.tsx';
import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';

const cardHeight = 120;

/** The same rows on a telephone: a card each, first column as its title. */
export function Cards<Row, K extends string | number>(props: RowsProps<Row, K>) {
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
              <div className="text-base [&>:is(a,button)]:whitespace-normal">
                <Opener props={props} row={row}>
                  {title.cell(row)}
                </Opener>
              </div>
              <dl className="mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
                {rest.map((column) => (
                  <div key={column.id} className="contents">
                    <dt className="text-faint">{column.header}</dt>
                    <dd className="min-w-0 text-right wrap-anywhere">{column.cell(row)}</dd>
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
