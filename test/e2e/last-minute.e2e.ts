import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectQuietBooks } from '../support/money.ts';
import { freePort } from '../support/ports.ts';
import { addCaller, addGateway, addRate, calling } from '../support/provision.ts';
import { TestServer } from '../support/server.ts';
import { Sipp } from '../support/sipp.ts';
import { amplitude, writeTone } from '../support/tone.ts';
import { mediaOf, Voice } from '../support/voice.ts';
import { eventually } from '../support/wait.ts';

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

describe('a paid call whose credit runs out', () => {
  let server: TestServer;
  let gatewayPort: number;
  const tone = join(tmpdir(), `last-minute-${process.pid}.wav`);
  beforeAll(async () => {
    server = await TestServer.start('last-minute');
    gatewayPort = await freePort();
    await addGateway(server, 'Carrier', `127.0.0.1:${gatewayPort}`);
    await addRate(server, '44', '0.60');
    // What is said before the call is not what this is about; the words themselves are a tone, so that they can be found.
    await server.api.patch('/settings', { minutesLeftBelow: 0 });
    writeTone(tone, WORDS, 2);
    const form = new FormData();
    form.append('file', new Blob([readFileSync(tone)], { type: 'audio/wav' }), 'tone.wav');
    expect((await server.api.raw('PUT', '/prompts/en/minutes-left-one', form)).status).toBe(204);
  });
  afterAll(async () => {
    rmSync(tone, { force: true });
    await server?.stop();
  });

  it('tells the caller, and only him, a minute before it is cut', async () => {
    const anna = await addCaller(server, '1001', '0.68');
    const [annas, carriers] = [await Voice.open(CALLER), await Voice.open(CARRIER)];
    try {
      const carrier = await Sipp.start('gateway-answer', { port: gatewayPort, fill: { number: '441234567' }, timeout: 100 });
      const caller = await Sipp.start('call-until-bye', { to: server.sip, ...calling(anna, '00441234567'), timeout: 100 });
      carriers.speak(CARRIER_TONE, mediaOf(await message(carrier, /^INVITE/)));
      annas.speak(ANNA, mediaOf(await message(caller, /^SIP\/2\.0 200 OK[\s\S]*m=audio/)));
      const hears = (who: Voice, hertz: number, least: number) => who.heard.length >= 2000 && amplitude(who.heard, hertz) > least;
      await eventually('sound both ways', () => hears(annas, CARRIER_TONE, 6000) && hears(carriers, ANNA, 6000));
      expect(hears(annas, WORDS, 500)).toBe(false);

      await eventually('the words at the caller', () => hears(annas, WORDS, 3000), 20_000);
      const heardAt = performance.now();
      expect(hears(carriers, WORDS, 500), 'the other side hears nothing of it').toBe(false);
      await eventually('only the voice of the other side again', () => hears(annas, CARRIER_TONE, 6000) && !hears(annas, WORDS, 500));

      await caller.finished();
      const seconds = (performance.now() - heardAt) / 1000;
      expect(seconds).toBeGreaterThan(55);
      expect(seconds).toBeLessThan(66);
      await carrier.finished();
      await expectQuietBooks(server, 1);
      const [record] = await server.api.list(`/calls?subscriberId=${anna.id}`);
      expect(record).toMatchObject({ status: 200, endedBy: 'credit', talkSeconds: 68 });
      expect(await server.api.get(`/subscribers/${anna.id}`)).toMatchObject({ balance: '0.00' });
    } finally {
      annas.close();
      carriers.close();
    }
  }, 120_000);
});
