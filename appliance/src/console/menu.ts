import type { Host } from '../host.ts';
import { accessMenu } from './access-menu.ts';
import { diskMenu } from './disk-menu.ts';
import { languageMenu } from './language-menu.ts';
import { networkMenu } from './network-menu.ts';
import { adminReset, factoryReset, hostnameMenu, logsMenu, powerMenu, servicesMenu, timeZoneMenu } from './system-menu.ts';
import type { Choice, Ui } from './ui.ts';
import { updateMenu } from './update-menu.ts';

type Entry = (ui: Ui, host: Host) => Promise<void>;

/** The menu of the console; every entry comes back to it. */
export async function mainMenu(ui: Ui, host: Host): Promise<void> {
  for (;;) {
    const { ready } = host.data;
    const { t } = ui.texts;
    const choices: Choice<Entry>[] = [
      ...(ready ? [] : [{ label: t('menu.chooseDisk'), value: diskMenu }]),
      { label: t('menu.network'), value: networkMenu },
      { label: t('menu.names'), value: hostnameMenu },
      ...(ready ? [{ label: t('menu.disk'), value: diskMenu }] : []),
      { label: t('menu.admin'), value: adminReset },
      { label: t('menu.access'), value: accessMenu },
      { label: t('menu.timeZone'), value: timeZoneMenu },
      { label: t('menu.services'), value: servicesMenu },
      { label: t('menu.logs'), value: logsMenu },
      { label: t('menu.update'), value: updateMenu },
      { label: t('menu.reset'), value: factoryReset },
      { label: t('language.title'), value: languageMenu },
      { label: t('menu.reboot'), value: (u, h) => powerMenu(u, h, 'reboot') },
      { label: t('menu.powerOff'), value: (u, h) => powerMenu(u, h, 'poweroff') },
    ];
    const chosen = await ui.choose(t('menu.title'), choices);
    if (!chosen) return;
    await chosen(ui, host);
  }
}
