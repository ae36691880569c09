import type { Host } from '../host.ts';
import { accessMenu } from './access-menu.ts';
import { diskMenu } from './disk-menu.ts';
import { networkMenu } from './network-menu.ts';
import { adminReset, factoryReset, hostnameMenu, logsMenu, powerMenu, servicesMenu, timeZoneMenu, updateMenu } from './system-menu.ts';
import type { Choice, Ui } from './ui.ts';

type Entry = (ui: Ui, host: Host) => Promise<void>;

/** The menu of the console; every entry comes back to it. */
export async function mainMenu(ui: Ui, host: Host): Promise<void> {
  for (;;) {
    const ready = host.data.ready;
    const choices: Choice<Entry>[] = [
      ...(ready ? [] : [{ label: 'Data disk: choose, look again, or try without one', value: diskMenu }]),
      { label: 'Network', value: networkMenu },
      { label: 'Host name and SIP domain', value: hostnameMenu },
      ...(ready ? [{ label: 'Data disk', value: diskMenu }] : []),
      { label: 'Administrator: way back in', value: adminReset },
      { label: 'Access: networks administration is allowed from', value: accessMenu },
      { label: 'Time zone', value: timeZoneMenu },
      { label: 'Services', value: servicesMenu },
      { label: 'Logs', value: logsMenu },
      { label: 'Update: version, undo an upgrade', value: updateMenu },
      { label: 'Factory reset', value: factoryReset },
      { label: 'Reboot', value: (u, h) => powerMenu(u, h, 'reboot') },
      { label: 'Power off', value: (u, h) => powerMenu(u, h, 'poweroff') },
    ];
    const chosen = await ui.choose('Menu', choices);
    if (!chosen) return;
    await chosen(ui, host);
  }
}
