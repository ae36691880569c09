import { keepPreviousData } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { api } from '#app/api/client.ts';
import type { ControlProps } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';

/** Chooses one subscriber by a few letters of number or name (combobox pattern of the ARIA authoring practices). */
export function SubscriberPicker(props: {
  control: ControlProps;
  value: number | null;
  onChange: (id: number | null) => void;
  startWith?: string;
}) {
  const t = useT();
  const listId = useId();
  const [text, setText] = useState(props.startWith ?? '');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const still = useDebounced(text.trim(), 150);
  const found = api.useQuery(
    'get',
    '/api/v1/subscribers',
    { params: { query: { q: still, pageSize: 8 } } },
    { enabled: open && still !== '', placeholderData: keepPreviousData },
  );
  const items = open && still !== '' ? (found.data?.items ?? []) : [];

  const choose = (index: number) => {
    const item = items[index];
    if (!item) return;
    props.onChange(item.id);
    setText(`${item.number} ${item.displayName}`.trim());
    setOpen(false);
  };

  return (
    <span className="relative block">
      <Input
        {...props.control}
        role="combobox"
        aria-expanded={items.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={items.length > 0 ? `${listId}-${at}` : undefined}
        autoComplete="off"
        placeholder={t('picker.placeholder')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
          setAt(0);
          props.onChange(null);
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={(event) => {
          if (items.length === 0) return;
          if (event.key === 'ArrowDown') setAt((at + 1) % items.length);
          else if (event.key === 'ArrowUp') setAt((at + items.length - 1) % items.length);
          else if (event.key === 'Enter') choose(at);
          else if (event.key === 'Escape') setOpen(false);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className={cn('pr-9', props.value !== null && 'border-primary')}
      />
      {text !== '' && (
        <button
          type="button"
          className="absolute top-1 right-1 grid size-7 place-items-center rounded text-muted hover:bg-sunken"
          aria-label={t('picker.clear')}
          onClick={() => {
            setText('');
            props.onChange(null);
          }}
        >
          <X className="size-4" aria-hidden />
        </button>
      )}
      <ul
        id={listId}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the list of a combobox
        role="listbox"
        aria-label={t('nav.subscribers')}
        className={cn(
          'absolute inset-x-0 top-10 z-10 rounded-lg border border-line bg-raised p-1 shadow-float',
          items.length === 0 && 'hidden',
        )}
      >
        {items.map((item, index) => (
          <li
            key={item.id}
            id={`${listId}-${index}`}
            // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: an option of it
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            // Before the field loses the focus and the list closes.
            onMouseDown={(event) => {
              event.preventDefault();
              choose(index);
            }}
            className={cn('flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-2.5', index === at && 'bg-primary-soft')}
          >
            <span className="tnum font-medium">{item.number}</span>
            <span className="truncate text-muted">{item.displayName}</span>
          </li>
        ))}
      </ul>
    </span>
  );
}
