import { expect, it } from 'vitest';
import { wavOf } from '#app/lib/wav.ts';

it('writes a WAV file of 16 bit', () => {
  const file = new DataView(wavOf(Float32Array.from([0, 1, -1, 2]), 16_000));
  const word = (at: number) => String.fromCharCode(...[0, 1, 2, 3].map((n) => file.getUint8(at + n)));
  expect([word(0), word(8), word(12), word(36)]).toEqual(['RIFF', 'WAVE', 'fmt ', 'data']);
  expect(file.getUint32(4, true)).toBe(file.byteLength - 8);
  expect([file.getUint16(22, true), file.getUint32(24, true), file.getUint16(34, true)]).toEqual([1, 16_000, 16]);
  expect(file.getUint32(40, true)).toBe(8);
  expect([44, 46, 48, 50].map((at) => file.getInt16(at, true))).toEqual([0, 32_767, -32_767, 32_767]);
});
