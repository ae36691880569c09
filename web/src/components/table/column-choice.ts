import { useState } from 'react';
import type { Column } from '#app/components/table/columns.ts';
import { readSetting, writeSetting } from '#app/lib/storage.ts';
import { sessionKey, useSession } from '#app/session/session.ts';

/** Which columns this person sees in this table; kept in the browser under his name. */
export function useColumnChoice<Row>(tableId: string, columns: readonly Column<Row>[]) {
  const me = useSession();
  const setting = `columns.${tableId}.${me ? sessionKey(me) : ''}`;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => {
    const saved = readSetting(setting);
    if (saved !== null) return new Set(saved.split(',').filter(Boolean));
    return new Set(columns.filter((column) => column.off).map((column) => column.id));
  });
  const toggle = (id: string, shown: boolean) => {
    const next = new Set(hidden);
    if (shown) next.delete(id);
    else next.add(id);
    writeSetting(setting, [...next].join(','));
    setHidden(next);
  };
  return { hidden, toggle };
}
