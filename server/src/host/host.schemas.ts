import { z } from 'zod';
import {
  diskList,
  factoryReset,
  firewallSettings,
  hostnameSettings,
  hostState,
  logPage,
  logQuery,
  networkSettings,
  networkView,
  pendingNetwork,
  powerAction,
  restartService,
  serviceList,
  sshSettings,
  sshView,
  systemView,
  timeSettings,
  timeView,
  usbList,
} from './contract/index.ts';

// The language of the host socket, with the names these shapes have in the OpenAPI document.
export const stateAnswer = z.object({ appliance: z.boolean(), state: hostState.nullable() }).meta({ id: 'HostState' });
export const systemAnswer = systemView.meta({ id: 'HostSystem' });
export const servicesAnswer = serviceList.meta({ id: 'HostServices' });
export const restartBody = restartService.meta({ id: 'HostServiceRestart' });
export const networkAnswer = networkView.meta({ id: 'HostNetwork' });
export const networkBody = networkSettings.meta({ id: 'HostNetworkSettings' });
export const pendingAnswer = pendingNetwork.meta({ id: 'HostPendingNetwork' });
export const tokenBody = z.strictObject({ token: z.string().min(1).max(200) }).meta({ id: 'HostNetworkToken' });
export const confirmedAnswer = z.object({ confirmed: z.literal(true) }).meta({ id: 'HostNetworkConfirmed' });
export const hostnameShape = hostnameSettings.meta({ id: 'HostName' });
export const timeAnswer = timeView.meta({ id: 'HostTime' });
export const timeBody = timeSettings.meta({ id: 'HostTimeSettings' });
export const logsQuery = logQuery;
export const logsAnswer = logPage.meta({ id: 'HostLogs' });
export const firewallShape = firewallSettings.meta({ id: 'HostFirewall' });
export const sshAnswer = sshView.meta({ id: 'HostSsh' });
export const sshBody = sshSettings.meta({ id: 'HostSshSettings' });
export const powerBody = powerAction.meta({ id: 'HostPower' });
export const factoryResetBody = factoryReset.meta({ id: 'HostFactoryReset' });
export const disksAnswer = diskList.meta({ id: 'HostDisks' });
export const usbAnswer = usbList.meta({ id: 'HostUsb' });
