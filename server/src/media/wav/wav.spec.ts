import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { amplitudeOf, tones } from '../testing/sound.ts';
import { readWav, WavError } from './wav-reader.ts';
import { WavWriter, wavFile, wavHeader } from './wav-writer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wav-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The header of another format around some bytes. */
function wavOf(tag: number, bits: number, data: Buffer): Buffer {
  const head = wavHeader(8000, 1, data.length);
  head.writeUInt16LE(tag, 20);
  head.writeUInt16LE(bits, 34);
  return Buffer.concat([head, data]);
}

describe('reading a WAV file', () => {
  it('reads what was written', () => {
    const pcm = tones(16000, [440], 100);
    const sound = readWav(wavFile(16000, 1, pcm));
    expect([sound.rate, sound.channels, sound.pcm]).toEqual([16000, 1, pcm]);
  });

  it('reads 8, 24 and 32 bits, floats, mu-law and A-law', () => {
    expect([...readWav(wavOf(1, 8, Buffer.from([128, 255, 0]))).pcm]).toEqual([0, 32512, -32768]);
    expect([...readWav(wavOf(1, 24, Buffer.from([9, 0, 1, 9, 0xff, 0xff]))).pcm]).toEqual([256, -1]);
    expect([...readWav(wavOf(1, 32, Buffer.from([9, 9, 0, 1]))).pcm]).toEqual([256]);
    const floats = Buffer.alloc(12);
    [0.5, -1, 9].forEach((value, i) => {
      floats.writeFloatLE(value, 4 * i);
    });
    expect([...readWav(wavOf(3, 32, floats)).pcm]).toEqual([16384, -32767, 32767]);
    expect([...readWav(wavOf(7, 8, Buffer.from([0xff, 0x80]))).pcm]).toEqual([0, 32124]);
    expect([...readWav(wavOf(6, 8, Buffer.from([0xd5, 0xaa]))).pcm]).toEqual([8, 32256]);
  });

  it('skips what else is in a file, and reads one whose sizes are wrong', () => {
    const whole = wavFile(8000, 1, Int16Array.from([1, 2, 3]));
    const list = Buffer.concat([Buffer.from('LIST\x03\0\0\0abc\0', 'latin1')]);
    const withList = Buffer.concat([whole.subarray(0, 36), list, whole.subarray(36)]);
    expect([...readWav(withList).pcm]).toEqual([1, 2, 3]);
    whole.writeUInt32LE(0xffffffff, 40);
    expect([...readWav(whole).pcm]).toEqual([1, 2, 3]);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('RIFF of guitars, not a WAVE at all')],
    ['no sound', wavHeader(8000, 1, 0).subarray(0, 36)],
    ['no format', Buffer.concat([Buffer.from('RIFF____WAVE'), Buffer.from('data\x02\0\0\0ab', 'latin1')])],
    ['a compressed format', wavOf(0x55, 0, Buffer.alloc(10))],
    ['no channels', Buffer.concat([wavHeader(8000, 0, 2), Buffer.alloc(2)])],
  ])('refuses %s', (_, file) => expect(() => readWav(file)).toThrow(WavError));
});

describe('writing a WAV file', () => {
  it('is a whole file at every moment', async () => {
    const path = join(folder, 'message.wav');
    const writer = await WavWriter.create(path, 8000, 1);
    expect(readWav(readFileSync(path)).pcm.length).toBe(0);
    const pcm = tones(8000, [500], 5000);
    let read = 0;
    for (let at = 0; at < pcm.length; at += 160) {
      writer.write(pcm.subarray(at, at + 160));
      if (at % 1600 !== 0) continue;
      await new Promise((resolve) => setImmediate(resolve));
      const bytes = readFileSync(path);
      read = bytes.readUInt32LE(40);
      expect(bytes.length).toBeGreaterThanOrEqual(44 + read);
    }
    expect(writer.seconds).toBe(5);
    await writer.close();
    const sound = readWav(readFileSync(path));
    expect(sound.pcm).toEqual(pcm);
    expect(amplitudeOf(sound.pcm, 8000, 500)).toBeGreaterThan(7900);
  });

  it('leaves out the end that is cut', async () => {
    const path = join(folder, 'message.wav');
    const writer = await WavWriter.create(path, 8000, 2);
    writer.write(new Int16Array(2 * 8000 * 3));
    await writer.close(1);
    const bytes = readFileSync(path);
    expect([bytes.length, readWav(bytes).pcm.length]).toEqual([44 + 8000 * 2 * 2 * 2, 8000 * 2 * 2]);
  });

  it('says so when there is no place for it', async () => {
    await expect(WavWriter.create(join(folder, 'no', 'where.wav'), 8000, 1)).rejects.toThrow('ENOENT');
    const writer = await WavWriter.create('/dev/full', 8000, 1).catch((error: Error) => error);
    if (writer instanceof WavWriter) await expect(writer.close()).rejects.toThrow();
    else expect(writer.message).toContain('ENOSPC');
  });
});
