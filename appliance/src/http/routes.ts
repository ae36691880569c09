import {
  adoptDisk,
  ban,
  confirmNetwork,
  deedsTaken,
  factoryReset,
  firewallSettings,
  hostnameSettings,
  logQuery,
  networkSettings,
  powerAction,
  prepareDisk,
  restartService as restartServiceSchema,
  setClock,
  sshHostKey,
  sshSettings,
  timeSettings,
  usbChoice,
} from '../../../server/src/host/contract/index.ts';
import { wireDisk } from '../data/disks.ts';
import type { Host } from '../host.ts';
import { readLogs } from '../logs/logs.ts';
import { power } from '../power/power.ts';
import { listServices, restartService } from '../services/services.ts';
import { readSystem } from '../system/system.ts';
import { listUsb, mountUsb, unmountUsb } from '../usb/usb.ts';
import { body, check, type Route } from './json-server.ts';

const accepted = { accepted: true };

/** Every path of the host socket, as the contract writes it. */
export function hostRoutes(host: Host): Route[] {
  const { exec, data, network, firewall, ssh, time } = host;
  return [
    { method: 'GET', path: '/state', run: () => host.state() },
    { method: 'GET', path: '/disks', run: async () => ({ disks: (await data.disks()).map(wireDisk) }) },
    { method: 'POST', path: '/disks/prepare', run: body(prepareDisk, (choice) => data.prepare(choice).then(() => host.state())) },
    { method: 'POST', path: '/disks/demo', run: () => data.demo().then(() => host.state()) },
    { method: 'POST', path: '/disks/retry', run: () => data.look().then(() => host.state()) },
    {
      method: 'POST',
      path: '/disks/adopt',
      run: body(adoptDisk, ({ partuuid, device }) => data.adopt(partuuid, device).then(() => host.state())),
    },

    { method: 'GET', path: '/network', run: () => network.view() },
    { method: 'PUT', path: '/network', run: body(networkSettings, (settings) => network.try(settings)) },
    {
      method: 'POST',
      path: '/network/confirm',
      run: body(confirmNetwork, ({ token }) => network.confirm(token).then(() => network.view())),
    },
    {
      method: 'POST',
      path: '/network/rollback',
      run: body(confirmNetwork, ({ token }) => network.rollBack(token).then(() => network.view())),
    },
    { method: 'GET', path: '/hostname', run: async () => ({ hostname: host.hostname.value }) },
    { method: 'PUT', path: '/hostname', run: body(hostnameSettings, (name) => host.hostname.set(name).then(() => name)) },
    { method: 'GET', path: '/time', run: () => time.view() },
    { method: 'PUT', path: '/time', run: body(timeSettings, (settings) => time.set(settings).then(() => time.view())) },
    { method: 'POST', path: '/time/clock', run: body(setClock, ({ now }) => time.setClock(Date.parse(now)).then(() => time.view())) },

    { method: 'GET', path: '/services', run: async () => ({ services: await listServices(exec) }) },
    { method: 'POST', path: '/services/restart', run: body(restartServiceSchema, ({ name }) => restartService(exec, name)) },
    { method: 'POST', path: '/restart-server', status: 202, run: () => restartService(exec, 'dialtone').then(() => accepted) },
    { method: 'GET', path: '/logs', run: ({ query }) => readLogs(exec, check(logQuery, query)) },
    { method: 'GET', path: '/system', run: () => readSystem(host.release, host.cpu, data.ready) },
    {
      method: 'POST',
      path: '/power',
      status: 202,
      run: body(powerAction, async ({ action }) => {
        power(exec, action);
        return accepted;
      }),
    },
    {
      method: 'POST',
      path: '/factory-reset',
      status: 202,
      run: body(factoryReset, ({ confirm }) => host.factoryReset(confirm).then(() => accepted)),
    },

    { method: 'GET', path: '/firewall', run: async () => firewall.settings },
    { method: 'PUT', path: '/firewall', run: body(firewallSettings, (settings) => firewall.set(settings).then(() => settings)) },
    { method: 'GET', path: '/bans', run: async () => firewall.bans },
    { method: 'POST', path: '/bans', run: body(ban, (b) => firewall.ban(b)) },
    { method: 'DELETE', path: '/bans/:address', run: ({ parameter }) => firewall.unban(parameter) },
    { method: 'GET', path: '/ssh', run: () => ssh.view() },
    { method: 'PUT', path: '/ssh', run: body(sshSettings, (settings) => ssh.set(settings).then(() => ssh.view())) },
    { method: 'GET', path: '/ssh/host-key', run: () => ssh.hostKey() },
    { method: 'PUT', path: '/ssh/host-key', run: body(sshHostKey, (key) => ssh.setHostKey(key).then(() => ssh.view())) },

    { method: 'GET', path: '/deeds', run: async () => ({ deeds: host.deeds.list }) },
    { method: 'POST', path: '/deeds/taken', run: body(deedsTaken, ({ count }) => host.deeds.taken(count)) },

    { method: 'GET', path: '/usb', run: async () => ({ volumes: await listUsb(exec) }) },
    { method: 'POST', path: '/usb/mount', run: body(usbChoice, ({ uuid }) => mountUsb(exec, uuid)) },
    { method: 'POST', path: '/usb/unmount', run: body(usbChoice, ({ uuid }) => unmountUsb(exec, uuid)) },
  ];
}
