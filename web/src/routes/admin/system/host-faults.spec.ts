import { describe, expect, it } from 'vitest';
import { hostFaults } from '#app/routes/admin/system/host-faults.ts';
import type { HostState } from '#app/routes/admin/system/use-host.ts';

const disk = { device: 'sda1', partuuid: 'a', model: '', serial: '', size: 1, free: 1, onBootMedium: false };
const state: HostState = {
  state: 'ready',
  demo: false,
  version: '0.1.0',
  buildId: '',
  hostname: 'exchange',
  disk,
  fsck: { outcome: 'clean', exitCode: 0, summary: '' },
  candidates: [],
  problem: '',
  unattendedFaults: [],
  applianceId: null,
  server: { running: true, refusal: '' },
};
const right = { synchronised: true, beforeBuild: false };
const titles = (changes: Partial<HostState>, time?: typeof right) => hostFaults({ ...state, ...changes }, time).map((each) => each.title);

describe('faults of the machine', () => {
  it('are none on a sound one, and while the clock is not known', () => {
    expect(titles({}, right)).toEqual([]);
    expect(titles({})).toEqual([]);
  });

  it('are a repaired disk, data on the boot stick and a clock that nobody sets right', () => {
    expect(titles({ fsck: { outcome: 'repaired', exitCode: 1, summary: '' } }, right)).toEqual(['hostFault.repaired']);
    expect(titles({ disk: { ...disk, onBootMedium: true } }, right)).toEqual(['machine.onStickTitle']);
    expect(titles({}, { ...right, synchronised: false })).toEqual(['hostFault.clock']);
  });

  it('say a clock that cannot be right once, and loudly', () => {
    expect(hostFaults(state, { synchronised: false, beforeBuild: true })).toMatchObject([{ tone: 'bad', text: 'time.beforeBuild' }]);
  });
});
