import { useSyncExternalStore } from 'react';

const queries = new Map<string, MediaQueryList>();
const media = (query: string): MediaQueryList => {
  const known = queries.get(query) ?? matchMedia(query);
  queries.set(query, known);
  return known;
};

export const useMedia = (query: string): boolean =>
  useSyncExternalStore(
    (listener) => {
      media(query).addEventListener('change', listener);
      return () => media(query).removeEventListener('change', listener);
    },
    () => media(query).matches,
  );

/** Lists are cards instead of tables below this width. */
export const useIsPhone = (): boolean => useMedia('(max-width: 47.99rem)');
