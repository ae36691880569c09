import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PCMU } from '../codecs/codec.ts';
import { decodeUlaw, encodeUlaw } from '../codecs/g711.ts';
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

it('says something to one side of a call, over the voice of the other, and then leaves it as it is', async () => {
  const file = join(folder, 'prompt.wav');
  writeFileSync(file, wavFile(8000, 1, tones(8000, [1400], 600)));
  const [a, b] = phones as [Phone, Phone];
  const session = (await engine.open({ callId: 'c', sides: { caller: here, callee: here }, silenceSeconds: null }))!;
  const toA = placeIn(await session.pass('caller', a.sdp(), 'offer'));
  const toB = placeIn(await session.pass('callee', b.sdp(), 'answer'));
  session.answered();
  const talk = async (ms: number) => {
    a.got.length = b.got.length = 0;
    const until = performance.now() + ms;
    for (let n = 0; performance.now() < until; n += 1) {
      for (const [phone, to, hz] of [
        [a, toB, 500],
        [b, toA, 800],
      ] as const)
        phone.send(phone.packet(Buffer.from(encodeUlaw(tones(8000, [hz], 20, 6000, n * 160))), PCMU.payloadType), to);
      await sleep(20);
    }
  };
  const heard = ({ got }: Phone, hz: number) => amplitudeOf(joined(got.map((bytes) => decodeUlaw(parseRtp(bytes)!.payload))), 8000, hz);

  session.play?.('caller', [file]);
  await talk(1800);
  expect(heard(a, 1400), 'the caller hears the prompt').toBeGreaterThan(1200);
  expect(heard(a, 800), 'and the callee behind it').toBeGreaterThan(1000);
  expect(heard(b, 1400), 'the callee does not').toBeLessThan(100);
  await talk(600);
  expect(heard(a, 1400)).toBeLessThan(100);
  expect(heard(a, 800)).toBeGreaterThan(4000);
});
