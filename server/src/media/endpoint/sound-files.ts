import { readFile, stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { G722, type SampleRate } from '../codecs/codec.ts';
import { toMono } from '../codecs/convert-rate.ts';
import { resampler } from '../codecs/resample.ts';
import { readWav } from '../wav/wav-reader.ts';

/** Sounds kept for the next one who hears them. */
const CACHE_BYTES = 32 * 1024 * 1024;
/** Half an hour at 16 kHz. */
const MOST_FILE_BYTES = 64 * 1024 * 1024;

interface Kept {
  readonly pcm: Promise<Int16Array>;
  /** Of the file when it was read: one that was replaced is read again. */
  readonly version: string;
  bytes: number;
}

/** Reads sound files at the rate of a call; prompts that many hear are read once. */
export class SoundFiles {
  private readonly kept = new Map<string, Kept>();
  private keptBytes = 0;

  /** Rejects when the file is not there, or is nothing that can be played. */
  async load(file: string, rate: SampleRate): Promise<Int16Array> {
    const { size, mtimeMs } = await stat(file);
    if (size > MOST_FILE_BYTES) throw new Error(`${file} is too long to be played`);
    const key = `${rate} ${file}`;
    const version = `${size} ${mtimeMs}`;
    let kept = this.kept.get(key);
    if (kept?.version !== version) {
      if (kept) this.forget(key, kept);
      kept = { pcm: read(file, rate), version, bytes: 0 };
      this.count(key, kept);
    }
    // The last one asked for is the last one to be forgotten.
    this.kept.delete(key);
    this.kept.set(key, kept);
    return kept.pcm;
  }

  private count(key: string, kept: Kept): void {
    kept.pcm.then(
      (pcm) => {
        if (this.kept.get(key) !== kept) return;
        kept.bytes = pcm.byteLength;
        this.keptBytes += kept.bytes;
        for (const [oldest, other] of this.kept) {
          if (this.keptBytes <= CACHE_BYTES) break;
          if (other.bytes > 0) this.forget(oldest, other);
        }
      },
      () => {
        if (this.kept.get(key) === kept) this.kept.delete(key);
      },
    );
  }

  private forget(key: string, kept: Kept): void {
    this.kept.delete(key);
    this.keptBytes -= kept.bytes;
  }
}

async function read(file: string, rate: SampleRate): Promise<Int16Array> {
  const bytes = await readFile(file);
  if (file.endsWith('.g722')) return inPieces(bytes, G722.rate, G722.decoder(), 16000, rate);
  const sound = readWav(bytes);
  if (sound.rate !== 8000 && sound.rate !== 16000) throw new Error(`${file} is sampled at ${sound.rate} Hz, not at 8 or 16 kHz`);
  return inPieces(toMono(sound.pcm, sound.channels), 2 * sound.rate, (pcm) => pcm, sound.rate, rate);
}

/** A second at a time, so that those who are talking do not notice. */
async function inPieces<T extends Uint8Array | Int16Array>(
  whole: T,
  pieceLength: number,
  decode: (piece: T) => Int16Array,
  from: SampleRate,
  to: SampleRate,
): Promise<Int16Array> {
  const convert = resampler(from, to) ?? ((pcm: Int16Array) => pcm);
  const pieces: Int16Array[] = [];
  for (let at = 0; at < whole.length; at += pieceLength) {
    pieces.push(convert(decode(whole.subarray(at, at + pieceLength) as T)));
    await setImmediate();
  }
  const pcm = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => {
    pcm.set(piece, at);
    return at + piece.length;
  }, 0);
  return pcm;
}
