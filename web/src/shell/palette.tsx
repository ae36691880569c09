import { keepPreviousData } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { type LucideIcon, Moon, Search, Sun } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { api } from '#app/api/client.ts';
import { type MessageKey, useT } from '#app/i18n/index.ts';
import { setTheme } from '#app/lib/theme.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';
import { useSession } from '#app/session/session.ts';
import type { NavGroup } from '#app/shell/navigation.ts';
import { SearchResults } from '#app/shell/search-results.tsx';

/** Ctrl/Cmd+K: people, numbers, prices, settings and pages by a few letters. */
export function Palette({ onClose, navigation }: { onClose: () => void; navigation: readonly NavGroup[] }) {
  const t = useT();
  const navigate = useNavigate();
  const me = useSession();
  const [text, setText] = useState('');
  const still = useDebounced(text.trim(), 120);
  const isAdmin = me?.role === 'admin';
  const found = api.useQuery(
    'get',
    '/api/v1/search',
    { params: { query: { q: still } } },
    { enabled: isAdmin && still.length > 0, placeholderData: keepPreviousData, staleTime: 10_000 },
  );

  const go = (to: string) => {
    onClose();
    void navigate(to);
  };
  const typed = text.trim().toLowerCase();
  const finds = (key: MessageKey | undefined) => key !== undefined && t(key).toLowerCase().includes(typed);
  const pages = navigation.flatMap((group) => group.items).filter((item) => finds(item.label) || (typed !== '' && finds(item.also)));

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-60 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[10vh] z-60 mx-auto max-w-xl overflow-hidden rounded-xl border border-line bg-raised shadow-float focus:outline-none"
        >
          <Dialog.Title className="sr-only">{t('shell.search')}</Dialog.Title>
          <Command label={t('shell.search')} shouldFilter={false} loop>
            <div className="flex items-center gap-3 border-b border-line px-4">
              <Search className="size-4 text-muted" aria-hidden />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder={t(isAdmin ? 'palette.placeholder' : 'palette.placeholderPages')}
                className="h-12 flex-1 bg-transparent text-base outline-none placeholder:text-faint"
              />
            </div>
            <Command.List className="max-h-[60vh] overflow-y-auto p-2" aria-busy={found.isFetching || undefined}>
              <Command.Empty className="px-3 py-6 text-center text-muted">
                {t(found.isFetching || still !== text.trim() ? 'palette.searching' : 'palette.nothing')}
              </Command.Empty>
              {isAdmin && still.length > 0 && found.data && <SearchResults found={found.data} typed={still} onGo={go} />}
              {pages.length > 0 && (
                <PaletteGroup heading={t('palette.pages')}>
                  {pages.map((item) => (
                    <PaletteItem key={item.to} value={`page ${item.to}`} icon={item.icon} onSelect={() => go(item.to)}>
                      {t(item.label)}
                    </PaletteItem>
                  ))}
                </PaletteGroup>
              )}
              {typed === '' && (
                <PaletteGroup heading={t('palette.actions')}>
                  <PaletteItem value="theme light" icon={Sun} onSelect={() => setTheme('light')}>
                    {t('palette.light')}
                  </PaletteItem>
                  <PaletteItem value="theme dark" icon={Moon} onSelect={() => setTheme('dark')}>
                    {t('palette.dark')}
                  </PaletteItem>
                </PaletteGroup>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

export const PaletteGroup = ({ heading, children }: { heading: string; children: ReactNode }) => (
  <Command.Group
    heading={heading}
    className="[&_[cmdk-group-heading]]:label-caps [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint"
  >
    {children}
  </Command.Group>
);

export function PaletteItem(props: { value: string; icon: LucideIcon; onSelect: () => void; children: ReactNode; note?: ReactNode }) {
  const Icon = props.icon;
  return (
    <Command.Item
      value={props.value}
      onSelect={props.onSelect}
      className="flex min-h-10 cursor-pointer items-center gap-3 rounded-md px-3 py-1.5 data-[selected=true]:bg-primary-soft"
    >
      <Icon className="size-4 shrink-0 text-muted" aria-hidden />
      <span className="min-w-0 truncate">{props.children}</span>
      {props.note && <span className="ml-auto shrink-0 text-xs text-muted">{props.note}</span>}
    </Command.Item>
  );
}
