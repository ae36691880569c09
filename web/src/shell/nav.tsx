import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useEffect, useRef } from 'react';
import { NavLink, useLocation } from 'react-router';
import { Wordmark } from '#app/components/ui/brand.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import type { NavGroup } from '#app/shell/navigation.ts';

export function NavList({ navigation }: { navigation: readonly NavGroup[] }) {
  const t = useT();
  const list = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // There are more pages than fit on a low screen: the open one is always seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: again for every page
  useEffect(() => {
    list.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }, [pathname]);
  return (
    <nav ref={list} aria-label={t('shell.pages')} className="flex-1 px-3 pb-6">
      {navigation.map((group) => (
        <div key={group.items[0]?.to} className="mt-2.5">
          {group.label && <h2 className="label-caps px-2.5 pb-1 text-side-muted">{t(group.label)}</h2>}
          <ul className="grid gap-px">
            {group.items.map((item) => (
              <li key={item.to}>
                <NavLink
                  to={item.to}
                  end={item.exact ?? false}
                  className={({ isActive }) =>
                    cn(
                      'relative flex h-8.5 items-center gap-3 rounded-md px-2.5 max-lg:h-11',
                      isActive
                        ? 'bg-side-active font-semibold text-side-ink before:absolute before:inset-y-1.5 before:-left-1.5 before:w-[3px] before:rounded-full before:bg-brass-bright'
                        : 'text-side-muted hover:bg-side-active/60 hover:text-side-ink',
                    )
                  }
                >
                  <item.icon className="size-4.5 shrink-0" aria-hidden />
                  <span className="mr-auto truncate">{t(item.label)}</span>
                  {item.badge && <item.badge />}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** All pages, from the left edge, where there is no room for the side bar. */
export function NavDrawer(props: { open: boolean; onClose: () => void; navigation: readonly NavGroup[] }) {
  const t = useT();
  return (
    <Dialog.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-black/45 lg:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="side fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] overflow-y-auto bg-side text-side-ink shadow-float focus:outline-none data-[state=open]:animate-in data-[state=open]:slide-in-from-left-8 lg:hidden"
        >
          <div className="flex items-center justify-between px-5 pt-4 pb-1">
            <Dialog.Title>
              <Wordmark />
            </Dialog.Title>
            <Dialog.Close
              className="grid size-9 place-items-center rounded-md text-side-muted hover:text-side-ink"
              aria-label={t('ui.close')}
            >
              <X className="size-5" aria-hidden />
            </Dialog.Close>
          </div>
          <NavList navigation={props.navigation} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
