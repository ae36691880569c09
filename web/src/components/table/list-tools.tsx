import { Columns3, Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import type { Column } from '#app/components/table/columns.ts';
import type { ListProps } from '#app/components/table/list.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { SearchInput } from '#app/components/ui/input.tsx';
import { Menu, MenuCheck, MenuLabel } from '#app/components/ui/menu.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { exportPages } from '#app/lib/csv.ts';
import type { ListState } from '#app/lib/list-state.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';

/** The search of a list: asked once the typing pauses. */
export function SearchBox<F extends string>({ list, label }: { list: ListState<F>; label: string }) {
  const [text, setText] = useState(list.q);
  const still = useDebounced(text, 200);
  const known = useRef(list.q);
  const setSearch = list.setSearch;

  useEffect(() => {
    if (still !== known.current) {
      known.current = still;
      setSearch(still.trim());
    }
  }, [still, setSearch]);

  // Back, "clear filters" and pasted addresses change the search from outside.
  useEffect(() => {
    if (list.q !== known.current.trim()) {
      known.current = list.q;
      setText(list.q);
    }
  }, [list.q]);

  return (
    <SearchInput
      className="w-full sm:w-64"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text) {
          event.stopPropagation();
          setText('');
        }
      }}
    />
  );
}

/** Which columns are shown. */
export function ColumnMenu<Row>(props: {
  columns: readonly Column<Row>[];
  hidden: ReadonlySet<string>;
  toggle: (id: string, shown: boolean) => void;
}) {
  const { t } = useTexts();
  return (
    <Menu trigger={<Button look="quiet" size="icon-sm" icon={Columns3} aria-label={t('table.columns')} title={t('table.columns')} />}>
      <MenuLabel>{t('table.columns')}</MenuLabel>
      {props.columns.map((column, index) => (
        <MenuCheck
          key={column.id}
          checked={!props.hidden.has(column.id)}
          disabled={index === 0}
          onChange={(shown) => props.toggle(column.id, shown)}
        >
          {column.header}
        </MenuCheck>
      ))}
    </Menu>
  );
}

/** The whole filtered set as a file. */
export function ExportButton<Row, K extends string | number, F extends string>(props: ListProps<Row, K, F>) {
  const texts = useTexts();
  const { t } = texts;
  const [busy, setBusy] = useState(false);
  const fetchPage = props.exportPage;
  if (props.exportHref)
    return (
      <a
        href={props.exportHref}
        download
        className={cn('grid size-8 place-items-center rounded-md text-muted hover:bg-sunken hover:text-ink [&_svg]:size-4')}
        aria-label={t('table.export')}
        title={t('table.export')}
      >
        <Download aria-hidden />
      </a>
    );
  if (!fetchPage) return null;
  const run = async () => {
    setBusy(true);
    const columns = props.columns.filter((column) => column.csv);
    try {
      const count = await exportPages({
        name: props.id,
        header: columns.map((column) => column.header),
        line: (row) => columns.map((column) => column.csv?.(row) ?? ''),
        fetchPage,
        progress: () => undefined,
      });
      toast.success(t('table.exported', { count }));
    } catch (error) {
      toast.error(problemText(error, texts));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      look="quiet"
      size="icon-sm"
      icon={Download}
      busy={busy}
      aria-label={t('table.export')}
      title={t('table.export')}
      onClick={() => void run()}
    />
  );
}
