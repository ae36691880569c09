import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Codec, G722, PCMU } from '../codecs/codec.ts';
import { parseRtp } from '../rtp/packet.ts';
import { amplitudeOf, joined, tones } from '../testing/sound.ts';
import { wavFile } from '../wav/wav-writer.ts';
import { BuiltInRelay } from './built-in-relay.ts';
import { Phone, placeIn } from './testing/phone.ts';

const here = { advertise: '127.0.0.1', bind: '127.0.0.1', signalling: '127.0.0.1', behindNat: false, asymmetric: false };

let folder: string;
let engine: BuiltInRelay;
let phones: Phone[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'whisper-'));
  engine = new BuiltInRelay({ range: { first: 22_000, last: 22_199 }, workers: 1, onFault: () => undefined });
  phones = [await Phone.make(), await Phone.make()];
});
afterEach(async () => {
  await engine.close();
  for (const phone of phones) phone.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each([PCMU, G722])(
  'says something to one side of a call in $name, over the voice of the other, and then leaves it as it is',
  async (codec: Codec) => {
    const file = join(folder, 'prompt.wav');
    writeFileSync(file, wavFile(8000, 1, tones(8000, [1400], 600)));
    const [a, b] = phones as [Phone, Phone];
    const session = (await engine.open({ callId: 'c', sides: { caller: here, callee: here }, silenceSeconds: null }))!;
    const { payloadType, rate } = codec;
    const formats = String(payloadType);
    const toA = placeIn(await session.pass('caller', a.sdp({ formats }), 'offer'));
    const toB = placeIn(await session.pass('callee', b.sdp({ formats }), 'answer'));
    const encoders = new Map([a, b].map((phone) => [phone, codec.encoder()]));
    const decoders = new Map([a, b].map((phone) => [phone, codec.decoder()]));
    session.answered();
    const talk = async (ms: number) => {
      a.got.length = b.got.length = 0;
      const until = performance.now() + ms;
      for (let n = 0; performance.now() < until; n += 1) {
        for (const [phone, to, hz] of [
          [a, toB, 500],
          [b, toA, 800],
        ] as const)
          phone.send(phone.packet(Buffer.from(encoders.get(phone)!(tones(rate, [hz], 20, 6000, (n * rate) / 50))), payloadType), to);
        await sleep(20);
      }
    };
    const listen = (phone: Phone) => {
      const pcm = joined(phone.got.map((bytes) => decoders.get(phone)!(parseRtp(bytes)!.payload)));
      return (hz: number) => amplitudeOf(pcm, rate, hz);
    };

    session.play?.('caller', [file]);
    await talk(1800);
    const [hearsA, hearsB] = [listen(a), listen(b)];
    expect(hearsA(1400), 'the caller hears the prompt').toBeGreaterThan(1200);
    expect(hearsA(800), 'and the callee behind it').toBeGreaterThan(1000);
    expect(hearsB(1400), 'the callee does not').toBeLessThan(100);
    await talk(600);
    const after = listen(a);
    expect(after(1400)).toBeLessThan(100);
    expect(after(800)).toBeGreaterThan(4000);
  },
);

it('leaves encrypted media as it is', async () => {
  const file = join(folder, 'prompt.wav');
  writeFileSync(file, wavFile(8000, 1, tones(8000, [1400], 600)));
  const [a, b] = phones as [Phone, Phone];
  const session = (await engine.open({ callId: 'c', sides: { caller: here, callee: here }, silenceSeconds: null }))!;
  // SRTP where it can be had (RFC 8643): the profile does not tell.
  const more = [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`];
  const toA = placeIn(await session.pass('caller', a.sdp({ more }), 'offer'));
  const toB = placeIn(await session.pass('callee', b.sdp({ more }), 'answer'));
  session.answered();
  session.play?.('caller', [file]);
  await sleep(200);
  a.say('so that we are met', toB);
  b.say('cipher text of 160 bytes', toA);
  await a.hears('cipher text of 160 bytes');
});
