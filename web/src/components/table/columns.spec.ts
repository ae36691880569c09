import { describe, expect, it } from 'vitest';
import { type Column, fitColumns } from '#app/components/table/columns.ts';

const column = (id: string, width: number, priority: 1 | 2 | 3): Column<never> => ({ id, header: id, cell: () => id, width, priority });
const columns = [column('number', 100, 1), column('name', 200, 1), column('note', 300, 3), column('state', 100, 2), column('when', 100, 3)];
const ids = (room: number, hidden: string[] = []) => fitColumns(columns, new Set(hidden), room).map((each) => each.id);

describe('fitColumns', () => {
  it('drops the least important from the right until the rest fits', () => {
    expect(ids(800)).toEqual(['number', 'name', 'note', 'state', 'when']);
    expect(ids(790)).toEqual(['number', 'name', 'note', 'state']);
    expect(ids(500)).toEqual(['number', 'name', 'state']);
    expect(ids(100)).toEqual(['number', 'name']);
  });

  it('leaves out what the reader has switched off', () => {
    expect(ids(2000, ['note'])).toEqual(['number', 'name', 'state', 'when']);
  });
});
