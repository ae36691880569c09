import type { Appliance } from './appliance.ts';

/** Switches the machine off from the web, in order, and waits until it is. */
export async function readyForTheNext(appliance: Appliance): Promise<void> {
  await appliance.api.post('/host/power', { action: 'poweroff' });
  await appliance.machine.poweredOff();
}
