import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { readSetting, writeSetting } from '#app/lib/storage.ts';

export const pageSizes = [25, 50, 100, 250] as const;

export interface ListState<F extends string = string> {
  page: number;
  pageSize: number;
  /** `field` or `-field`. */
  sort: string;
  q: string;
  filters: Partial<Record<F, string>>;
  /** Something narrows the list. */
  narrowed: boolean;
  setPage: (page: number) => void;
  setPageSize: (size: number) => void;
  setSort: (sort: string) => void;
  setSearch: (q: string) => void;
  setFilter: (name: F, value: string | undefined) => void;
  setFilters: (values: Partial<Record<F, string | undefined>>) => void;
  clear: () => void;
}

export interface ListOptions<F extends string> {
  sort: string;
  filters?: readonly F[];
}

/**
 * What a list shows lives in the address: page, size, sort, search and filters. So Back works, a pasted address shows the same, and editing
 * a row on page 4 returns to page 4.
 */
export function useListState<F extends string = never>({ sort: firstSort, filters: names }: ListOptions<F>): ListState<F> {
  const [search, setSearch] = useSearchParams();
  const nameList = useMemo(() => names ?? [], [names]);

  const change = useCallback(
    (values: Record<string, string | undefined>, { replace = false, keepPage = false } = {}) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          if (!keepPage) next.delete('page');
          for (const [name, value] of Object.entries(values)) {
            if (value === undefined || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace, preventScrollReset: replace },
      ),
    [setSearch],
  );

  return useMemo(() => {
    const filters: Partial<Record<F, string>> = {};
    for (const name of nameList) {
      const value = search.get(name);
      if (value !== null) filters[name] = value;
    }
    const q = search.get('q') ?? '';
    return {
      page: positive(search.get('page')) ?? 1,
      pageSize: sizeOf(search.get('pageSize')) ?? sizeOf(readSetting('pageSize')) ?? 50,
      sort: search.get('sort') ?? firstSort,
      q,
      filters,
      narrowed: q !== '' || Object.keys(filters).length > 0,
      setPage: (page) => change({ page: page === 1 ? undefined : String(page) }, { keepPage: true }),
      setPageSize: (size) => {
        writeSetting('pageSize', String(size));
        change({ pageSize: String(size) });
      },
      setSort: (sort) => change({ sort: sort === firstSort ? undefined : sort }),
      setSearch: (next) => change({ q: next }, { replace: true }),
      setFilter: (name, value) => change({ [name]: value }),
      setFilters: (values) => change(values),
      clear: () => change({ q: undefined, ...Object.fromEntries(nameList.map((name) => [name, undefined])) }),
    };
  }, [search, firstSort, nameList, change]);
}

const positive = (text: string | null): number | undefined => {
  const n = Number(text);
  return Number.isInteger(n) && n > 0 ? n : undefined;
};

const sizeOf = (text: string | null): number | undefined => pageSizes.find((size) => size === positive(text));

/**
 * The query of a list request, without what is empty. Sort and filters come from the address, where anybody can write anything: the server
 * checks them, which is why the type is asserted here.
 */
export const listQuery = <Q>(list: Pick<ListState, 'page' | 'pageSize' | 'sort' | 'q'> & { filters: object }): Q =>
  ({
    page: list.page,
    pageSize: list.pageSize,
    ...(list.sort ? { sort: list.sort } : {}),
    ...(list.q ? { q: list.q } : {}),
    ...list.filters,
  }) as Q;
