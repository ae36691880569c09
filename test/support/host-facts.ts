import type { HostState, LogEntry, ServiceView, SystemView, TimeView } from '../../server/src/host/contract/index.ts';

/** Facts of a machine that is not there. */
const GB = 1e9;
const started = Date.now();

export const readyState: HostState = {
  state: 'ready',
  demo: false,
  version: '0.1.0',
  buildId: '20260301.1-abcdef0',
  hostname: 'exchange',
  disk: {
    device: 'vda1',
    partuuid: 'aaaa-1',
    model: 'QEMU HARDDISK',
    serial: 'QM00001',
    size: 64 * GB,
    free: 48 * GB,
    onBootMedium: false,
  },
  fsck: { outcome: 'clean', exitCode: 0, summary: '/dev/vda1: clean, 42/4096 files' },
  candidates: [],
  problem: '',
  unattendedFaults: [],
  applianceId: '11111111-2222-4333-8444-555555555555',
  server: { running: true, refusal: '' },
};

const service = (name: string, description: string, restartable = true): ServiceView => ({
  name,
  description,
  active: 'active',
  sub: 'running',
  since: new Date(started - 7_200_000).toISOString(),
  restarts: 0,
  memory: 42_000_000,
  restartable,
});

export const clock: TimeView = {
  settings: { timeZone: 'Europe/Madrid', ntpServers: [] },
  now: '',
  synchronised: true,
  offset: 0.000_42,
  source: 'ntp.example.org',
  rtc: new Date(started).toISOString(),
  beforeBuild: false,
  jump: 0,
};

export const services = (): ServiceView[] => [
  service('dialtone', 'Dialtone telephone company'),
  service('dialtone-host', 'Dialtone host agent'),
  service('chrony', 'chrony, an NTP client/server'),
  { ...service('ssh', 'OpenBSD Secure Shell server', false), active: 'inactive', sub: 'dead', since: null, memory: null },
  service('systemd-networkd', 'Network Configuration'),
];

/** A log of four hours, newest first. */
export const logEntries = (): LogEntry[] =>
  Array.from({ length: 260 }, (_, n) => ({
    cursor: `c${n}`,
    time: new Date(started - n * 60_000).toISOString(),
    unit: n % 3 === 0 ? 'dialtone' : n % 3 === 1 ? 'dialtone-host' : 'kernel',
    priority: n % 50 === 7 ? 'err' : n % 20 === 3 ? 'warning' : 'info',
    message: n % 50 === 7 ? `eth0: transmit queue ${n} timed out` : `Entry number ${n} of the log`,
  }));

/** Disks that could be the data disk: one blank, one with somebody's photos. */
export function disks() {
  const disk = (device: string, model: string, contents: { device: string; type: string; label: string; size: number }[]) => ({
    device,
    model,
    serial: `${device}-0042`,
    size: 500 * GB,
    transport: 'sata',
    removable: false,
    bootMedium: false,
    contents,
    blank: contents.length === 0,
    confirm: '0042',
    refused: '',
    freeSpace: 0,
  });
  return [disk('sda', 'Seagate ST500', []), disk('sdb', 'WDC WD5000', [{ device: 'sdb1', type: 'ntfs', label: 'Photos', size: 400 * GB }])];
}

export function system(buildId: string): SystemView {
  return {
    version: '0.1.0',
    buildId: buildId,
    buildDate: '2026-03-01T00:00:00.000Z',
    kernel: '6.12.63+deb13-amd64',
    uptime: 7200,
    cpu: { model: 'Intel(R) Celeron(R) J4125', cores: 4, busy: 0.07, load: [0.12, 0.08, 0.05] },
    memory: { total: 2 * GB, available: 1.6 * GB, swapTotal: 0, swapFree: 0 },
    disks: [
      { name: 'data', mountPoint: '/var/lib/dialtone', size: 64 * GB, free: 48 * GB },
      { name: 'memory', mountPoint: '/', size: 1 * GB, free: 0.15 * GB },
    ],
    temperatures: [
      { name: 'coretemp Package id 0', celsius: 47 },
      { name: 'acpitz', celsius: 39.5 },
    ],
    firmware: 'uefi',
    secureBoot: true,
    bootMedium: { device: 'sdc', inMemory: false, mountPoint: '/run/live/medium' },
  };
}
