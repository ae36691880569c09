import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useId } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { Select } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount } from '#app/lib/format.ts';
import { type ListState, pageSizes } from '#app/lib/list-state.ts';

/** "Showing 1–50 of 1,234", the rows a page, and the pages. */
export function Pagination<F extends string>({ list, total }: { list: ListState<F>; total: number }) {
  const { t, locale } = useTexts();
  const id = useId();
  const last = Math.max(1, Math.ceil(total / list.pageSize));
  const from = (list.page - 1) * list.pageSize + 1;
  const count = (n: number) => formatCount(n, locale);
  return (
    <nav aria-label={t('table.pages')} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 text-muted md:px-5">
      <span className="tnum mr-auto">
        {t('table.showing', { from: count(from), to: count(Math.min(total, from + list.pageSize - 1)), total: count(total) })}
      </span>
      <span className="flex items-center gap-2">
        <label htmlFor={id} className="max-sm:sr-only">
          {t('table.perPage')}
        </label>
        <Select id={id} className="w-20" value={list.pageSize} onChange={(event) => list.setPageSize(Number(event.target.value))}>
          {pageSizes.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </Select>
      </span>
      {last > 1 && (
        <span className="flex items-center gap-1">
          <Button
            size="icon"
            icon={ChevronLeft}
            aria-label={t('table.previous')}
            disabled={list.page <= 1}
            onClick={() => list.setPage(list.page - 1)}
          />
          <span className="tnum px-2">{t('table.pageOf', { page: count(list.page), last: count(last) })}</span>
          <Button
            size="icon"
            icon={ChevronRight}
            aria-label={t('table.next')}
            disabled={list.page >= last}
            onClick={() => list.setPage(list.page + 1)}
          />
        </span>
      )}
    </nav>
  );
}
