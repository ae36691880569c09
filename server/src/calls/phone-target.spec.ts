import { expect, it } from 'vitest';
import { needsRelay, openReach } from './nat/reach.ts';
import { endOf, type PhoneBranch } from './phone-target.ts';

const phone = (address: string): PhoneBranch => ({
  ...{ uri: `sip:1002@${address}`, pinned: false, target: { protocol: 'udp', address, port: 5060 }, reach: openReach(address) },
});

it('tells of each phone that rings how it is reached: one in another network is enough for a relay', () => {
  const { reach, reaches } = endOf([phone('192.0.2.5'), phone('10.0.0.7')]);
  expect(reach.address).toBeUndefined();
  const caller = openReach('192.0.2.9');
  expect(reaches.map((other) => needsRelay(caller, other))).toEqual([false, true]);
});
