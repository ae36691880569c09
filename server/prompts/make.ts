// Speaks the prompts of the repository: `node server/prompts/make.ts` (needs espeak-ng). The words are in src/media/prompts/catalogue.ts.
// Each becomes a mono WAV of 8 kHz, mu-law: what a telephone line carries, in half the bytes of PCM. Files of other names are left alone.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { convertRate } from '../src/media/codecs/convert-rate.ts';
import { encodeUlaw } from '../src/media/codecs/g711.ts';
import { coreWords, textsOf } from '../src/media/prompts/catalogue.ts';
import { readWav } from '../src/media/wav/wav-reader.ts';

const RATE = 8000;
const VOICES = { en: 'en-us', es: 'es-419' } as const;
const WORDS_A_MINUTE = 165;
/** About -16 dBm0: as loud as a person on the phone. */
const PEAK = 20_000;
const SILENT = 300;
const MARGIN = RATE * 0.03;

/** Without the silence before and after, and as loud as all the others. */
function trimmed(pcm: Int16Array): Int16Array {
  const heard = (sample: number): boolean => Math.abs(sample) > SILENT;
  const first = Math.max(0, pcm.findIndex(heard) - MARGIN);
  const last = pcm.findLastIndex(heard) + MARGIN;
  const part = pcm.slice(first, last);
  const peak = part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
  return part.map((sample) => (sample * PEAK) / peak);
}

function ulawWav(pcm: Int16Array): Buffer {
  const data = encodeUlaw(pcm);
  const head = Buffer.alloc(46 + 12);
  head.write('RIFF', 0);
  head.writeUInt32LE(head.length - 8 + data.length + (data.length % 2), 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(18, 16);
  head.writeUInt16LE(7, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24);
  head.writeUInt32LE(RATE, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  // Formats other than PCM say how many samples there are.
  head.write('fact', 38);
  head.writeUInt32LE(4, 42);
  head.writeUInt32LE(data.length, 46);
  head.write('data', 50);
  head.writeUInt32LE(data.length, 54);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function write(language: string, name: string, pcm: Int16Array): void {
  const file = join(import.meta.dirname, language, `${name}.wav`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ulawWav(pcm));
}

for (const language of ['en', 'es'] as const) {
  for (const [name, words] of textsOf(language)) {
    // What the core sounds have is here in English only: small in bytes, and enough where none are installed.
    if (language !== 'en' && name in coreWords) continue;
    const spoken = readWav(execFileSync('espeak-ng', ['-v', VOICES[language], '-s', String(WORDS_A_MINUTE), '--stdout', words]));
    write(language, name, trimmed(convertRate(spoken.pcm, spoken.rate, RATE)));
  }
}
const beep = Int16Array.from({ length: RATE * 0.25 }, (_, n) => {
  const fade = Math.min(1, n / 80, (RATE * 0.25 - n) / 80);
  return 10_000 * fade * Math.sin((2 * Math.PI * 1000 * n) / RATE);
});
write('en', 'beep', beep);
