import { useMemo, useState } from 'react';

export interface Selection<K extends string | number = number> {
  keys: ReadonlySet<K>;
  toggle: (key: K, on: boolean) => void;
  togglePage: (keys: readonly K[], on: boolean) => void;
  clear: () => void;
}

/** Ticked rows; they stay ticked while the reader pages, sorts and filters. */
export function useSelection<K extends string | number = number>(): Selection<K> {
  const [keys, setKeys] = useState<ReadonlySet<K>>(new Set());
  return useMemo(() => {
    const change = (list: readonly K[], on: boolean) =>
      setKeys((before) => {
        const next = new Set(before);
        for (const key of list) {
          if (on) next.add(key);
          else next.delete(key);
        }
        return next;
      });
    return { keys, toggle: (key, on) => change([key], on), togglePage: change, clear: () => setKeys(new Set()) };
  }, [keys]);
}
