import { z } from 'zod';

export const MAX_PAGE_SIZE = 250;

/** What every list understands; extend it with the filters of the list. */
export const pageQuery = z.strictObject({
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  pageSize: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(50),
  q: z.string().trim().max(200).optional(),
});

type SortKey<F extends string> = F | `-${F}`;

/** pageQuery plus `sort`: one of the fields, with "-" in front for downwards. */
export const sortedPageQuery = <const F extends string>(fields: readonly [F, ...F[]], initial: SortKey<NoInfer<F>>) => {
  const keys: SortKey<F>[] = fields.flatMap((field): SortKey<F>[] => [field, `-${field}`]);
  const sort = z.enum(keys).default(initial as never);
  return pageQuery.extend({ sort });
};

/** `{ items, total, page, pageSize }` around an item schema that has an id of its own. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.int().min(0), page: z.int().min(1), pageSize: z.int().min(1) });

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  pageSize: number;
}

export const skipTake = (query: { page: number; pageSize: number }): { skip: number; take: number } => ({
  skip: (query.page - 1) * query.pageSize,
  take: query.pageSize,
});

/** "-createdAt" -> createdAt DESC. */
export const orderOf = (sort: string): { field: string; direction: 'ASC' | 'DESC' } =>
  sort.startsWith('-') ? { field: sort.slice(1), direction: 'DESC' } : { field: sort, direction: 'ASC' };

/** LIKE pattern that finds the text anywhere; use with ESCAPE '\\'. */
export const likeContains = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
