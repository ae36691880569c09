import { SlidersHorizontal, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import { useColumnChoice } from '#app/components/table/column-choice.ts';
import { type Column, fitColumns } from '#app/components/table/columns.ts';
import { ColumnMenu, ExportButton, SearchBox } from '#app/components/table/list-tools.tsx';
import { Pagination } from '#app/components/table/pagination.tsx';
import { Rows } from '#app/components/table/rows.tsx';
import type { Selection } from '#app/components/table/selection.ts';
import { Button } from '#app/components/ui/button.tsx';
import { LoadFailed, NoMatch } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount } from '#app/lib/format.ts';
import type { ListState } from '#app/lib/list-state.ts';
import { useIsPhone } from '#app/lib/use-media.ts';
import { useWidth } from '#app/lib/use-width.ts';

export interface ListPage<Row> {
  items: readonly Row[];
  total: number;
}

export interface ListQuery<Row> {
  data: ListPage<Row> | undefined;
  error: unknown;
  isPending: boolean;
  isPlaceholderData: boolean;
  refetch: () => unknown;
}

export interface ListProps<Row, K extends string | number, F extends string> {
  /** Names the table in saved settings and in the exported file. */
  id: string;
  caption: string;
  columns: readonly Column<Row>[];
  query: ListQuery<Row>;
  list: ListState<F>;
  rowKey: (row: Row) => K;
  rowName: (row: Row) => string;
  rowLink?: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** Shown when there is nothing at all: an EmptyState with its one button. */
  empty: ReactNode;
  searchLabel?: string;
  /** Selects and such, right of the search. */
  filters?: ReactNode;
  selection?: Selection<K>;
  /** Buttons of the bar that appears while rows are ticked. */
  bulk?: ReactNode;
  /** The whole filtered set: an address of the server, or a way to fetch its pages. */
  exportHref?: string;
  exportPage?: (page: number, pageSize: number) => Promise<ListPage<Row>>;
  title?: ReactNode;
}

/** A list with everything a list has: search, filters, columns, export, sorting, paging, selection, and its three kinds of emptiness. */
export function List<Row, K extends string | number, F extends string>(props: ListProps<Row, K, F>) {
  const texts = useTexts();
  const { t } = texts;
  const { list, query, selection } = props;
  const { hidden, toggle } = useColumnChoice(props.id, props.columns);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const isPhone = useIsPhone();
  const [filtersOpen, setFiltersOpen] = useState(Object.keys(list.filters).length > 0);
  // A card has room for all that matters; a table only for what is as wide as it.
  const shown = isPhone
    ? props.columns.filter((column) => !hidden.has(column.id) && (column.priority ?? 2) <= 2)
    : fitColumns(props.columns, hidden, room);
  const data = query.data;
  const isEmpty = data !== undefined && data.total === 0;
  const neverUsed = isEmpty && !list.narrowed;

  // A page beyond the end (rows were deleted, or an old address): go to the last one there is.
  const lastPage = data ? Math.max(1, Math.ceil(data.total / list.pageSize)) : undefined;
  const setPage = list.setPage;
  useEffect(() => {
    if (lastPage !== undefined && !query.isPlaceholderData && list.page > lastPage) setPage(lastPage);
  }, [lastPage, list.page, query.isPlaceholderData, setPage]);

  let content: ReactNode;
  if (query.error && !data) content = <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />;
  else if (!data) content = <LoadingBlock lines={8} className="px-5 py-5" />;
  else if (neverUsed) content = props.empty;
  else if (isEmpty) content = <NoMatch onClear={list.clear} />;
  else
    content = (
      <Rows
        caption={props.caption}
        columns={shown}
        rows={data.items}
        rowKey={props.rowKey}
        rowName={props.rowName}
        rowLink={props.rowLink}
        onOpen={props.onOpen}
        sort={list.sort}
        onSort={list.setSort}
        selection={selection}
        total={data.total}
        offset={(list.page - 1) * list.pageSize}
        stale={query.isPlaceholderData}
        sticky
      />
    );

  return (
    <section ref={frame} className="min-w-0 overflow-clip rounded-lg border border-line bg-surface shadow-card [--head:var(--bar)]">
      {!neverUsed && (
        <div className="flex flex-wrap items-center gap-2 px-4 py-3 md:px-5">
          {props.title}
          {props.searchLabel && <SearchBox list={list} label={props.searchLabel} />}
          {!isPhone && props.filters}
          <span className="ml-auto flex items-center gap-1 max-md:w-full">
            {isPhone && props.filters && (
              <Button
                size="sm"
                icon={SlidersHorizontal}
                aria-expanded={filtersOpen}
                onClick={() => setFiltersOpen(!filtersOpen)}
                className="mr-auto"
              >
                {t('table.filters')}
              </Button>
            )}
            {list.narrowed && (
              <Button look="quiet" size="sm" icon={X} onClick={list.clear}>
                {t('ui.clearFilters')}
              </Button>
            )}
            <ColumnMenu columns={props.columns} hidden={hidden} toggle={toggle} />
            <ExportButton {...props} />
          </span>
          {isPhone && filtersOpen && props.filters}
        </div>
      )}
      {content}
      {data && !isEmpty && <Pagination list={list} total={data.total} />}
      {selection && selection.keys.size > 0 && (
        <div className="sticky bottom-3 z-20 mx-3 mb-3 flex flex-wrap items-center gap-2 rounded-lg border border-primary bg-raised px-4 py-2.5 shadow-float max-md:bottom-19">
          <span role="status" className="mr-auto font-medium">
            {t('table.selected', { count: selection.keys.size })}
          </span>
          {props.bulk}
          <Button look="quiet" size="sm" onClick={selection.clear}>
            {t('table.clearSelection')}
          </Button>
        </div>
      )}
      <p role="status" className="sr-only">
        {data && !query.isPlaceholderData ? t('table.found', { count: data.total, total: formatCount(data.total, texts.language) }) : ''}
      </p>
    </section>
  );
}
