import { Palette } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, Outlet } from 'react-router';
import { Wave, Wordmark } from '#app/components/ui/brand.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Menu } from '#app/components/ui/menu.tsx';
import { useT } from '#app/i18n/index.ts';
import { useInfo } from '#app/session/session.ts';
import { Appearance } from '#app/shell/account-menu.tsx';

/** The frame of what everybody may see: the company's front door. Without children it has the page of the address. */
export function PublicLayout({ children }: { children?: ReactNode }) {
  const t = useT();
  const info = useInfo();
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="side relative overflow-hidden bg-side text-side-ink">
        <Wave className="pointer-events-none absolute inset-x-0 bottom-0 h-24 w-full translate-y-6 text-brass-bright/35" />
        <div className="relative mx-auto flex max-w-5xl items-center justify-between px-5 pt-4 pb-24">
          <Link to="/" className="rounded">
            <Wordmark />
          </Link>
          <Menu
            trigger={
              <Button
                look="quiet"
                size="icon"
                icon={Palette}
                aria-label={t('shell.appearance')}
                className="text-side-muted not-disabled:hover:bg-side-active not-disabled:hover:text-side-ink"
              />
            }
          >
            <Appearance />
          </Menu>
        </div>
      </header>
      <main className="relative mx-auto -mt-16 w-full max-w-5xl flex-1 px-4 pb-12">{children ?? <Outlet />}</main>
      <footer className="pb-6 text-center text-xs text-muted">{info ? `${info.domain} · Dialtone ${info.version}` : 'Dialtone'}</footer>
    </div>
  );
}
