import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../../server/src/media/rtpengine/own-daemon.ts';
import { Softphone } from '../support/baresip.ts';
import { Internet, type Namespace, noNamespaces, type Translation } from '../support/netns.ts';
import { freePort } from '../support/ports.ts';
import { addSubscriber, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { mappedAddresses } from '../support/stun-client.ts';
import { amplitude } from '../support/tone.ts';
import { eventually, sleep } from '../support/wait.ts';
import { Wiretap } from '../support/wiretap.ts';

const obstacle = noNamespaces();
if (obstacle) process.stdout.write(`The calls through NAT are skipped: ${obstacle}.\n`);

type Place = 'public' | 'other public' | 'left' | 'left too' | 'right';
type Transport = 'udp' | 'tcp';

/** Every way two phones can sit; both homes use the same addresses, 192.168.1.0/24. */
const pairings: readonly [what: string, caller: Place, callee: Place, left: Translation, right: Translation][] = [
  ['public to public', 'public', 'other public', 'port-restricted', 'port-restricted'],
  ['public to port-restricted NAT', 'public', 'right', 'port-restricted', 'port-restricted'],
  ['public to symmetric NAT', 'public', 'right', 'symmetric', 'symmetric'],
  ['port-restricted NAT to public', 'left', 'public', 'port-restricted', 'port-restricted'],
  ['symmetric NAT to public', 'left', 'public', 'symmetric', 'symmetric'],
  ['port-restricted to port-restricted NAT', 'left', 'right', 'port-restricted', 'port-restricted'],
  ['port-restricted to symmetric NAT', 'left', 'right', 'port-restricted', 'symmetric'],
  ['symmetric to port-restricted NAT', 'left', 'right', 'symmetric', 'port-restricted'],
  ['symmetric to symmetric NAT', 'left', 'right', 'symmetric', 'symmetric'],
  ['within one port-restricted NAT', 'left', 'left too', 'port-restricted', 'port-restricted'],
  ['within one symmetric NAT', 'left', 'left too', 'symmetric', 'symmetric'],
];

const holders = [
  ['one of two public ones', 'public', 'other public', 'symmetric'],
  ['the public side', 'public', 'right', 'symmetric'],
  ['the side behind NAT', 'left', 'public', 'symmetric'],
  ['one side of two behind NAT', 'left', 'right', 'port-restricted'],
] as const;

describe.skipIf(obstacle !== undefined)('two softphones behind routers', () => {
  let internet: Internet;
  let places: Record<Place, { machine: Namespace; address: string }>;
  let server: TestServer;
  let anna: Person;
  let bert: Person;
  const phones: Softphone[] = [];
  const taps: Wiretap[] = [];

  beforeAll(async () => {
    internet = new Internet();
    const [left, right] = internet.routers;
    places = {
      public: { machine: internet.host('public', '203.0.113.20'), address: '203.0.113.20' },
      'other public': { machine: internet.host('other', '203.0.113.21'), address: '203.0.113.21' },
      left: { machine: internet.behind(left, 'left1', 5), address: '192.168.1.5' },
      'left too': { machine: internet.behind(left, 'left2', 6), address: '192.168.1.6' },
      right: { machine: internet.behind(right, 'right1', 5), address: '192.168.1.5' },
    };
    const at = internet.serverAddress;
    server = await TestServer.start('nat', {
      machine: internet.server,
      env: {
        DIALTONE_HTTP: `${internet.backDoor}:${await freePort()}`,
        DIALTONE_SIP: `udp:${at}:5060,tcp:${at}:5060`,
        DIALTONE_STUN: `${at}:3478,${at}:3479`,
      },
    });
    anna = await addSubscriber(server, '1001');
    bert = await addSubscriber(server, '1002');
  });
  afterEach(async (context) => {
    for (const one of taps.splice(0)) await one.stop();
    for (const one of phones.splice(0)) await one.stop(context.task.result?.state === 'fail');
  });
  afterAll(async () => {
    await server?.stop();
    internet?.remove();
  });

  const phone = async (person: Person, place: Place, speaks: number, transport: Transport, more?: readonly string[]) => {
    const started = await Softphone.start({
      ...{ user: person.number, password: person.password, domain, transport, speaks, more },
      server: `${internet.serverAddress}:5060`,
      on: places[place],
    });
    phones.push(started);
    await started.registered();
    return started;
  };

  /** Two phones in a call; the first one calls. */
  const call = async (from: Place, to: Place, [first, second]: readonly [Transport, Transport], more?: readonly string[]) => {
    const caller = await phone(anna, from, 440, first, more);
    const callee = await phone(bert, to, 850, second, more);
    await dial(caller, callee);
    return { caller, callee };
  };

  const dial = async (caller: Softphone, callee: Softphone) => {
    caller.command('dial', `sip:${callee.user}@${domain}`);
    await callee.event('CALL_INCOMING');
    callee.command('accept');
    await caller.event('CALL_ESTABLISHED');
  };

  /** A second of it, heard from now on. */
  const hears = (listener: Softphone, tone: number, own: number) => {
    const before = listener.heard().length;
    return eventually(`${listener.user} hears ${tone} Hz`, () => {
      const heard = listener.heard().subarray(before).slice(-8000);
      return heard.length === 8000 && amplitude(heard, tone) > 8000 && amplitude(heard, own) < 500;
    });
  };

  const tap = async (place: Place) => {
    const opened = await Wiretap.start(places[place].machine, places[place].address);
    taps.push(opened);
    return opened;
  };

  /** The next second that arrives holds the tone. */
  const arrives = (at: Wiretap, tone: number) => {
    const before = at.heard.length;
    return eventually(`${tone} Hz arrive`, () => {
      const heard = at.heard.subarray(before);
      return heard.length >= 8000 && amplitude(heard.slice(-8000), tone) > 8000;
    });
  };

  const hearEachOther = (caller: Softphone, callee: Softphone) => Promise.all([hears(caller, 850, 440), hears(callee, 440, 850)]);

  const translate = (left: Translation, right: Translation = left) => {
    internet.routers[0].translate(left);
    internet.routers[1].translate(right);
  };

  const over = async () => {
    await eventually('no call is left', async () => (await server.api.get('/active-calls')).items.length === 0);
  };

  const talk = async (from: Place, to: Place, left: Translation, right: Translation, transport: Transport) => {
    translate(left, right);
    const { caller, callee } = await call(from, to, [transport, transport]);
    await hearEachOther(caller, callee);
    // The callee hangs up: his BYE has to find the caller.
    callee.command('hangup');
    await caller.event('CALL_CLOSED');
    await over();
  };

  const holdAndResume = async (from: Place, to: Place, kind: Translation) => {
    translate(kind);
    const { caller, callee } = await call(from, to, ['udp', 'udp']);
    await hearEachOther(caller, callee);
    const atCaller = await tap(from);
    const atCallee = await tap(to);
    const tonesArrive = () => Promise.all([arrives(atCaller, 850), arrives(atCallee, 440)]);
    await tonesArrive();

    caller.command('hold');
    await eventually('the callee is told', () => callee.log.includes('a=sendonly'));
    caller.command('resume');
    await eventually('the callee is told', () => callee.log.lastIndexOf('a=sendrecv') > callee.log.lastIndexOf('a=sendonly'));
    await tonesArrive();
    callee.command('reinvite');
    await tonesArrive();
    caller.command('reinvite');
    await tonesArrive();
    expect((await server.api.get('/active-calls')).items).toHaveLength(1);
    callee.command('hangup');
    await caller.event('CALL_CLOSED');
    await over();
  };

  describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
    it.each(pairings)('%s: each hears the tone of the other', (_, from, to, left, right) => talk(from, to, left, right, transport));
  });

  describe.skipIf(!isInstalled())('relayed by rtpengine', () => {
    beforeAll(async () => {
      await server.api.patch('/settings', { mediaEngine: 'rtpengine' });
      // Its daemon starts in the machine of the server.
      await sleep(2000);
    });
    afterAll(() => server.api.patch('/settings', { mediaEngine: 'built-in' }));

    it.each(pairings.slice(1))('%s: each hears the tone of the other', (_, from, to, left, right) => talk(from, to, left, right, 'udp'));
    it.each(pairings.slice(-1))('%s, over TCP', (_, from, to, left, right) => talk(from, to, left, right, 'tcp'));
    it.each(holders)('hold and resume by %s, then a re-INVITE of either side', (_, from, to, kind) => holdAndResume(from, to, kind));
  });

  it('the routers are what they are called, as STUN shows: one port for all, or one for each peer', () => {
    const seen = (place: Place) => mappedAddresses(places[place], internet.serverAddress);
    translate('port-restricted', 'symmetric');
    const [first, second] = seen('left');
    expect(first).toMatch(/^203\.0\.113\.31:\d+$/);
    expect(second).toBe(first);
    const [one, other] = seen('right');
    expect(one).toMatch(/^203\.0\.113\.41:\d+$/);
    expect(other).not.toBe(one);
    expect(seen('public')[0]).toMatch(/^203\.0\.113\.20:/);
  });

  it.each([
    ['udp', 'tcp'],
    ['tcp', 'udp'],
  ] as const)('from %s behind one symmetric NAT to %s behind another', async (...transports) => {
    translate('symmetric');
    const { caller, callee } = await call('left', 'right', transports);
    await hearEachOther(caller, callee);
    caller.command('hangup');
    await callee.event('CALL_CLOSED');
    await over();
  });

  it.each(holders)('hold and resume by %s, then a re-INVITE of either side', (_, from, to, kind) => holdAndResume(from, to, kind));

  it.each(['udp', 'tcp'] as const)('what answers here is heard through a symmetric NAT over %s: the echo test', async (transport) => {
    translate('symmetric');
    const caller = await phone(anna, 'left', 440, transport);
    caller.command('dial', `sip:613@${domain}`);
    await caller.event('CALL_ESTABLISHED');
    await eventually(
      'the own tone comes back',
      () => {
        const heard = caller.heard().slice(-8000);
        return heard.length === 8000 && amplitude(heard, 440) > 8000;
      },
      20_000,
    );
    caller.command('hangup');
    await over();
  });

  it('carries a session description that is larger than a datagram should be over TCP', async () => {
    translate('symmetric');
    const { caller, callee } = await call(
      'left',
      'right',
      ['tcp', 'tcp'],
      ['l16', 'g722', 'g726', 'gsm', 'opus', 'codec2', 'amr', 'mpa', 'aptx', 'opus_multistream', 'ebuacip', 'fakevideo', 'vp8', 'vp9'],
    );
    const sizes = [...callee.log.matchAll(/^Content-Length: (\d+)/gim)].map(([, size]) => Number(size));
    expect(Math.max(...sizes)).toBeGreaterThan(1500);
    await hearEachOther(caller, callee);
    callee.command('hangup');
    await caller.event('CALL_CLOSED');
    await over();
  });

  describe('when a router forgets a way after eight seconds', () => {
    const FORGETS_MS = 8_000;
    const ping = (keepAliveSeconds: number) => server.api.patch('/settings', { keepAliveSeconds });

    beforeAll(() => {
      for (const router of internet.routers) router.mappingLasts(FORGETS_MS / 1000);
    });
    afterAll(async () => {
      for (const router of internet.routers) router.mappingLasts(120);
      await ping(30);
    });

    it('a phone that is not asked is lost', async () => {
      translate('port-restricted');
      await ping(0);
      const callee = await phone(bert, 'right', 850, 'udp');
      const caller = await phone(anna, 'public', 440, 'udp');
      await sleep(FORGETS_MS + 2_000);
      caller.command('dial', `sip:${callee.user}@${domain}`);
      await expect(callee.event('CALL_INCOMING', 3_000)).rejects.toThrow('CALL_INCOMING');
      caller.command('hangup');
      await over();
    });

    it.each(['port-restricted', 'symmetric'] as const)(
      'a phone behind a %s one is called all the same, and its round trip shown',
      async (kind) => {
        translate(kind);
        await ping(5);
        const callee = await phone(bert, 'right', 850, 'udp');
        const caller = await phone(anna, 'public', 440, 'udp');
        await sleep(FORGETS_MS + 2_000);
        await dial(caller, callee);
        await hearEachOther(caller, callee);
        const shown = await server.api.list('/registrations');
        expect(shown.find(({ number }) => number === bert.number)).toMatchObject({
          behindNat: true,
          unreachable: false,
          rttMs: expect.any(Number),
        });
        expect(shown.find(({ number }) => number === anna.number)).toMatchObject({ behindNat: false, rttMs: null });
        caller.command('hangup');
        await callee.event('CALL_CLOSED');
        await over();
      },
    );

    it('a phone that does not answer any more is marked', async () => {
      translate('port-restricted');
      await ping(5);
      await phone(bert, 'right', 850, 'udp');
      const health = async () => (await server.api.list('/registrations')).find(({ number }) => number === bert.number);
      await eventually('it has answered', async () => (await health())?.rttMs !== null);
      internet.routers[1].forget();
      await eventually('it is marked', async () => (await health())?.unreachable, 20_000);
    });
  });
});
