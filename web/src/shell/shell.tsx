import { Menu as MenuIcon, MoreHorizontal, Search } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { NavLink, Outlet, useLocation, useNavigate } from 'react-router';
import { Wordmark } from '#app/components/ui/brand.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { LiveBadge, LiveUpdates } from '#app/live/live-updates.tsx';
import { useInfo } from '#app/session/session.ts';
import { AccountMenu } from '#app/shell/account-menu.tsx';
import { NavDrawer, NavList } from '#app/shell/nav.tsx';
import type { NavGroup } from '#app/shell/navigation.ts';
import { ShortcutHelp } from '#app/shell/shortcut-help.tsx';
import { useShortcuts } from '#app/shell/shortcuts.ts';

type PaletteModule = typeof import('#app/shell/palette.tsx');

/** The frame around every page of somebody who is logged in. */
export function Shell({ navigation }: { navigation: readonly NavGroup[] }) {
  const t = useT();
  const navigate = useNavigate();
  const location = useLocation();
  const [palette, setPalette] = useState(false);
  const [paletteModule, setPaletteModule] = useState<PaletteModule | null>(null);
  const [help, setHelp] = useState(false);
  const [drawer, setDrawer] = useState(false);
  const info = useInfo();

  const actions = useMemo(
    () => ({
      openPalette: () => setPalette(true),
      openHelp: () => setHelp(true),
      go: (letter: string) => {
        const item = navigation.flatMap((group) => group.items).find((each) => each.go === letter);
        if (item) void navigate(item.to);
      },
    }),
    [navigate, navigation],
  );
  useShortcuts(actions);

  // Fetched ahead and drawn without React.lazy, which waits a third of a second: what is typed right after Ctrl+K must not be lost.
  useEffect(() => {
    const timer = setTimeout(() => void import('#app/shell/palette.tsx').then(setPaletteModule), palette ? 0 : 1000);
    return () => clearTimeout(timer);
  }, [palette]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: closes when the page has changed
  useEffect(() => setDrawer(false), [location.pathname]);

  const mains = navigation.flatMap((group) => group.items).filter((item) => item.main);

  return (
    <div className="min-h-dvh [--bar:3.5rem] lg:grid lg:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href="#main"
        className="fixed top-2 left-2 z-70 -translate-y-20 rounded-md bg-primary px-4 py-2 text-on-primary focus-visible:translate-y-0"
      >
        {t('shell.skip')}
      </a>
      <aside className="side sticky top-0 hidden h-dvh flex-col overflow-y-auto bg-side text-side-ink lg:flex">
        <div className="px-5 pt-4 pb-3">
          <Wordmark className="text-side-ink" />
          {info && <p className="mt-0.5 truncate pl-9.5 text-xs text-side-muted">{info.domain}</p>}
        </div>
        <NavList navigation={navigation} />
      </aside>
      <div className="flex min-h-dvh min-w-0 flex-col">
        <header className="sticky top-0 z-30 flex h-[var(--bar)] items-center gap-2 border-b border-line bg-paper px-4 max-sm:gap-1 md:px-7">
          <Button
            look="quiet"
            size="icon"
            icon={MenuIcon}
            className="-ml-2 lg:hidden"
            aria-label={t('shell.menu')}
            onClick={() => setDrawer(true)}
          />
          <Wordmark className="lg:hidden max-sm:[&>svg]:hidden" />
          <button
            type="button"
            onClick={() => setPalette(true)}
            className="ml-auto flex h-9 items-center gap-2 rounded-md border border-edge/60 bg-surface px-3 text-muted shadow-card hover:border-edge hover:text-ink sm:w-60 lg:mr-auto lg:ml-0"
            aria-keyshortcuts="Control+K"
          >
            <Search className="size-4" aria-hidden />
            <span className="max-sm:sr-only">{t('shell.search')}</span>
            <kbd className="ml-auto font-mono text-2xs max-sm:hidden">Ctrl K</kbd>
          </button>
          <LiveBadge />
          <AccountMenu onHelp={() => setHelp(true)} />
        </header>
        <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 outline-none max-md:pb-24 md:px-7">
          <Outlet />
        </main>
      </div>
      <nav
        aria-label={t('shell.mainPages')}
        className="side fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col bg-side pb-[env(safe-area-inset-bottom)] text-side-ink md:hidden"
      >
        {mains.map((item) => (
          <NavLink
            key={item.to}
            to={item.to}
            end={item.exact ?? false}
            className={({ isActive }) =>
              cn(
                'flex h-14 flex-col items-center justify-center gap-0.5 border-t-2 border-transparent px-0.5 text-2xs focus-visible:outline-offset-[-3px]',
                isActive ? 'border-brass-bright text-side-ink' : 'text-side-muted',
              )
            }
          >
            <span className="relative">
              <item.icon className="size-5" aria-hidden />
              {item.badge && (
                <span className="absolute -top-2 left-4">
                  <item.badge />
                </span>
              )}
            </span>
            <span className="max-w-full truncate">{t(item.short ?? item.label)}</span>
          </NavLink>
        ))}
        <button
          type="button"
          onClick={() => setDrawer(true)}
          className="flex h-14 flex-col items-center justify-center gap-0.5 text-2xs text-side-muted focus-visible:outline-offset-[-3px]"
        >
          <MoreHorizontal className="size-5" aria-hidden />
          {t('shell.more')}
        </button>
      </nav>
      <NavDrawer open={drawer} onClose={() => setDrawer(false)} navigation={navigation} />
      <ShortcutHelp open={help} onClose={() => setHelp(false)} navigation={navigation} />
      {palette && paletteModule && <paletteModule.Palette onClose={() => setPalette(false)} navigation={navigation} />}
      <LiveUpdates />
    </div>
  );
}
