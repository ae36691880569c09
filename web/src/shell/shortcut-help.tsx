import { Fragment } from 'react';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { useT } from '#app/i18n/index.ts';
import type { NavGroup } from '#app/shell/navigation.ts';
import { setShortcutsOn, useShortcutsOn } from '#app/shell/shortcuts.ts';

const Key = ({ children }: { children: string }) => (
  <kbd className="rounded border border-edge/60 bg-sunken px-1.5 py-0.5 font-mono text-xs">{children}</kbd>
);

export function ShortcutHelp(props: { open: boolean; onClose: () => void; navigation: readonly NavGroup[] }) {
  const t = useT();
  const on = useShortcutsOn();
  return (
    <Dialog open={props.open} onClose={props.onClose} title={t('shortcuts.title')}>
      <Switch checked={on} onChange={setShortcutsOn} label={t('shortcuts.switch')} hint={t('shortcuts.switchHint')} />
      <dl className="mt-4 grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2">
        <dt>
          <Key>Ctrl</Key> <Key>K</Key>
        </dt>
        <dd>{t('shortcuts.palette')}</dd>
        <dt>
          <Key>/</Key>
        </dt>
        <dd>{t('shortcuts.search')}</dd>
        <dt>
          <Key>?</Key>
        </dt>
        <dd>{t('shortcuts.help')}</dd>
        <dt>
          <Key>Esc</Key>
        </dt>
        <dd>{t('shortcuts.close')}</dd>
        {props.navigation.flatMap((group) =>
          group.items.map((item) => (
            <Fragment key={item.to}>
              <dt>
                <Key>g</Key> <Key>{item.go}</Key>
              </dt>
              <dd>{t('shortcuts.go', { page: t(item.label) })}</dd>
            </Fragment>
          )),
        )}
      </dl>
    </Dialog>
  );
}
