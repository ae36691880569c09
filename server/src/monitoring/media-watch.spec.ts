import { expect, it } from 'vitest';
import type { AlarmCode, AlarmParams } from '../alarms/alarm-texts.ts';
import type { AlarmsService } from '../alarms/alarms.service.ts';
import type { MediaFiguresDto } from './media.schemas.ts';
import type { MediaFigures } from './media-figures.ts';
import { MediaWatch } from './media-watch.ts';

type Relay = MediaFiguresDto['relays'][number];

const quiet = { packets: 0, bytes: 0, strangers: 0, losses: 0 };
const builtIn: Relay = { name: 'built-in', chosen: true, healthy: true, nodes: [], sessions: 0, portsOpen: 0, ports: 1000, ...quiet };
const services = {
  healthy: true,
  endpoints: 0,
  rooms: 0,
  portsOpen: 0,
  ports: 200,
  packetsIn: 0,
  packetsOut: 0,
  dropped: 0,
  concealed: 0,
  losses: 0,
};
const rtpengine = (healthy: boolean): Relay => ({
  ...builtIn,
  ...{ name: 'rtpengine', healthy, ports: 0, nodes: [{ address: '192.0.2.1:22222', healthy }] },
});

function watch() {
  const on = new Map<AlarmCode, AlarmParams>();
  const alarms = {
    has: (code: AlarmCode) => on.has(code),
    raise: (code: AlarmCode, params: AlarmParams) => void on.set(code, params),
    clear: (code: AlarmCode) => void on.delete(code),
  };
  let now: MediaFiguresDto;
  const watcher = new MediaWatch({ read: async () => now } as unknown as MediaFigures, alarms as unknown as AlarmsService);
  return {
    on,
    look: async (relays: Relay[], more: Partial<typeof services> = {}) => {
      now = { relays, services: { ...services, ...more } };
      await watcher.look();
      return [...on.keys()];
    },
  };
}

it('tells when no rtpengine answers twice in a row, and when one does again', async () => {
  const { look, on } = watch();
  const rest = { ...builtIn, chosen: false };
  expect(await look([rtpengine(false), rest])).toEqual([]);
  expect(await look([rtpengine(true), rest])).toEqual([]);
  expect(await look([rtpengine(false), rest])).toEqual([]);
  expect(await look([rtpengine(false), rest])).toEqual(['rtpengine-down']);
  expect(on.get('rtpengine-down')).toEqual({ nodes: '192.0.2.1:22222' });
  expect(await look([rtpengine(true), rest])).toEqual([]);
  // One that was replaced concerns only its last calls.
  for (let n = 0; n < 3; n++) expect(await look([builtIn, { ...rtpengine(false), chosen: false }])).toEqual([]);
});

it('tells from 90 % of the ports on, until less than 80 % are open, whoever has them', async () => {
  const { look, on } = watch();
  const open = (portsOpen: number) => look([{ ...builtIn, portsOpen }]);
  expect(await open(899)).toEqual([]);
  expect(await open(900)).toEqual(['media-ports']);
  expect(on.get('media-ports')).toEqual({ used: '900', ports: '1000' });
  expect(await open(800)).toEqual(['media-ports']);
  expect(await open(799)).toEqual([]);
  expect(await look([builtIn], { portsOpen: 190 })).toEqual(['media-ports']);
  expect(on.get('media-ports')).toEqual({ used: '190', ports: '200' });
});
