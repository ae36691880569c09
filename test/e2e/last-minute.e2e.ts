import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../../server/src/media/rtpengine/own-daemon.ts';
import { Softphone } from '../support/baresip.ts';
import { expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, calling, type Person } from '../support/provision.ts';
import { domain, TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { amplitude, writeTone } from '../support/tone.ts';
import { mediaOf, Voice } from '../support/voice.ts';
import { eventually, sleep } from '../support/wait.ts';

const there = isInstalled();
if (!there) process.stdout.write('The last minute of an encrypted call is skipped: rtpengine-daemon is not installed.\n');

/** The media ports that the sipp scenarios name. */
const CALLER = 40_000;
const CARRIER = 42_000;
const [ANNA, CARRIER_TONE, WORDS] = [440, 850, 1400] as const;

/** The first message of a scenario with this start line. */
const message = (sipp: Sipp, start: RegExp) =>
  eventually(`${start} at ${sipp.scenario}`, () =>
    sipp.messages
      .split(/^-{10,}.*$/m)
      .map((part) => part.slice(part.search(/^(SIP\/2\.0|[A-Z]+ sip)/m)))
      .find((text) => start.test(text)),
  );

/** Who calls, with his phone in the hand. */
interface Caller {
  /** The last half second of what he has heard. */
  heard(): Int16Array;
  /** When the call is over. */
  cut(): Promise<unknown>;
  close(): unknown;
}

/** A minute is long: both calls last at the same time, each with a server and a carrier of its own. */
describe.concurrent('a paid call whose credit runs out', () => {
  const tone = join(tmpdir(), `last-minute-${process.pid}.wav`);
  const servers: TestServer[] = [];
  beforeAll(() => writeTone(tone, WORDS, 2));
  afterAll(async () => {
    rmSync(tone, { force: true });
    for (const server of servers) await server.stop();
  });

  const start = async (name: string, rtp: string, carrier: string, settings = {}) => {
    const server = await TestServer.start(name, { env: { DIALTONE_RTP: rtp } });
    servers.push(server);
    await addGateway(server, 'Carrier', carrier);
    await addRate(server, '44', '0.60');
    // What is said before the call is not what this is about; the words themselves are a tone, so that they can be found.
    await server.api.patch('/settings', { minutesLeftBelow: 0, ...settings });
    const form = new FormData();
    form.append('file', new Blob([readFileSync(tone)], { type: 'audio/wav' }), 'tone.wav');
    expect((await server.api.raw('PUT', '/prompts/en/minutes-left-one', form)).status).toBe(204);
    return { server, anna: await addCaller(server, '1001', '0.68') };
  };

  /** From the answer to the end. @param address the carrier's */
  const talk = async (server: TestServer, anna: Person, address: string, port: number, dial: () => Promise<Caller>) => {
    const carriers = await Voice.open(CARRIER, address);
    let annas: Caller | undefined;
    try {
      const carrier = await Sipp.start('gateway-answer', { address, port, fill: { number: '441234567' }, timeout: 100 });
      const caller = await dial();
      annas = caller;
      carriers.speak(CARRIER_TONE, mediaOf(await message(carrier, /^INVITE/)));
      const hears = (heard: Int16Array, hertz: number, least: number) => heard.length >= 2000 && amplitude(heard, hertz) > least;
      await eventually('sound both ways', () => hears(caller.heard(), CARRIER_TONE, 6000) && hears(carriers.heard, ANNA, 6000));
      expect(hears(caller.heard(), WORDS, 500)).toBe(false);

      await eventually('the words at the caller', () => hears(caller.heard(), WORDS, 3000), 20_000);
      const heardAt = performance.now();
      expect(hears(carriers.heard, WORDS, 500), 'the other side hears nothing of it').toBe(false);
      await eventually(
        'only the voice of the other side again',
        () => hears(caller.heard(), CARRIER_TONE, 6000) && !hears(caller.heard(), WORDS, 500),
      );

      await caller.cut();
      const seconds = (performance.now() - heardAt) / 1000;
      expect(seconds).toBeGreaterThan(55);
      expect(seconds).toBeLessThan(66);
      await carrier.finished();
      await expectQuietBooks(server, 1);
      const [record] = await server.api.list(`/calls?subscriberId=${anna.id}`);
      expect(record).toMatchObject({ status: 200, endedBy: 'credit', talkSeconds: 68 });
      expect(await server.api.get(`/subscribers/${anna.id}`)).toMatchObject({ balance: '0.00' });
    } finally {
      carriers.close();
      await annas?.close();
    }
  };

  it('tells the caller, and only him, a minute before it is cut', async () => {
    const port = await freePort();
    const { server, anna } = await start('last-minute', '30000-31399', `127.0.0.1:${port}`);
    await talk(server, anna, '127.0.0.1', port, async () => {
      const voice = await Voice.open(CALLER);
      const phone = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, '00441234567'), timeout: 100 });
      voice.speak(ANNA, mediaOf(await message(phone, /^SIP\/2\.0 200 OK[\s\S]*m=audio/)));
      return { heard: () => voice.heard, cut: () => phone.finished(), close: () => voice.close() };
    });
  }, 120_000);

  it.skipIf(!there)(
    'tells one whose phone encrypts, through rtpengine',
    async () => {
      const address = '127.0.0.2';
      const port = await freePort(address);
      const { server, anna } = await start('last-minute-srtp', '31400-32767', `${address}:${port}`, { mediaEngine: 'rtpengine' });
      // The daemon takes its time to start.
      await sleep(2000);
      const { number: user, password } = anna;
      await talk(server, anna, address, port, async () => {
        const who = { user, password, domain, server: server.sip };
        const phone = await Softphone.start({ ...who, speaks: ANNA, seconds: 90, encrypts: 'srtp-mand' });
        await phone.registered();
        phone.command('dial', `sip:00441234567@${domain}`);
        await phone.event('CALL_ESTABLISHED');
        expect(phone.log).toContain('RTP/SAVP');
        return { heard: () => phone.heard().slice(-4000), cut: () => phone.event('CALL_CLOSED', 90_000), close: () => phone.stop() };
      });
    },
    120_000,
  );
});
