import { useRef } from 'react';
import { Cards } from '#app/components/table/cards.tsx';
import { fitColumns } from '#app/components/table/columns.ts';
import type { RowsProps } from '#app/components/table/row-parts.tsx';
import { Table } from '#app/components/table/table.tsx';
import { useIsPhone } from '#app/lib/use-media.ts';
import { useWidth } from '#app/lib/use-width.ts';

/** The rows of a page: a table, or cards on a telephone. */
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
