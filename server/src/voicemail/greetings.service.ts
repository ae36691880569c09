import { rename, writeFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { DiskSpace } from '../disk-space/disk-space.ts';
import { fieldProblem, problem } from '../http/index.ts';
import { readWav, WavError } from '../media/wav/wav-reader.ts';
import { wavFile } from '../media/wav/wav-writer.ts';
import { GREETINGS, type GreetingKind, VoicemailFiles } from './voicemail-files.ts';

export const MAX_GREETING_SECONDS = 60;

export interface Greeting {
  readonly kind: GreetingKind;
  /** null: none of his own. */
  readonly seconds: number | null;
}

/** The greetings of a mailbox, spoken over the phone or uploaded. That the file is there is all there is to know of one. */
@Injectable()
export class GreetingsService {
  readonly #disk: DiskSpace;
  readonly #files: VoicemailFiles;

  constructor(files: VoicemailFiles, disk: DiskSpace) {
    this.#disk = disk;
    this.#files = files;
  }

  async list(subscriberId: number): Promise<Greeting[]> {
    return Promise.all(
      GREETINGS.map(async (kind) => ({ kind, seconds: (await this.#files.secondsOf(this.#files.greeting(subscriberId, kind))) || null })),
    );
  }

  /** The file of a greeting of his own; undefined when he has none. */
  async find(subscriberId: number, kind: GreetingKind): Promise<string | undefined> {
    const path = this.#files.greeting(subscriberId, kind);
    return (await this.#files.exists(path)) ? path : undefined;
  }

  /** @throws problem 404 */
  async path(subscriberId: number, kind: GreetingKind): Promise<string> {
    const path = await this.find(subscriberId, kind);
    if (path === undefined) throw problem(404, 'not-found', 'There is no such greeting.');
    return path;
  }

  /** A file to record into; `adopt` puts it in place. */
  async draft(subscriberId: number, kind: GreetingKind): Promise<string> {
    await this.#files.prepare(subscriberId);
    return this.#files.draft(subscriberId, kind);
  }

  async adopt(subscriberId: number, kind: GreetingKind, draft: string): Promise<void> {
    await rename(draft, this.#files.greeting(subscriberId, kind));
  }

  async discard(draft: string): Promise<void> {
    await this.#files.remove(draft);
  }

  /**
   * A WAV that was uploaded. The pages turn whatever a browser can play into one of 16 kHz before they send it.
   * @throws problem 400 when it is none, of another rate, or too long; 422 `disk-full`
   */
  async store(subscriberId: number, kind: GreetingKind, wav: Buffer): Promise<void> {
    if (!this.#disk.hasRoom) throw problem(422, 'disk-full', 'The disk of the server is nearly full. Tell the administrator.');
    const sound = readUpload(wav);
    const draft = await this.draft(subscriberId, kind);
    try {
      await writeFile(draft, sound, { mode: 0o600, flush: true });
      await this.adopt(subscriberId, kind, draft);
    } finally {
      await this.discard(draft);
    }
  }

  async remove(subscriberId: number, kind: GreetingKind): Promise<void> {
    await this.#files.remove(this.#files.greeting(subscriberId, kind));
  }
}

/** As phones are played it: 16 bit, 8 or 16 kHz, one channel. */
function readUpload(wav: Buffer): Buffer {
  const { rate, channels, pcm } = parse(wav);
  if (rate !== 8000 && rate !== 16_000) throw fieldProblem('file', 'invalid', 'Expected a WAV file of 8 or 16 kHz');
  const samples = pcm.length / channels;
  if (samples < rate / 2) throw fieldProblem('file', 'invalid', 'The recording is shorter than half a second');
  if (samples > rate * MAX_GREETING_SECONDS) throw fieldProblem('file', 'invalid', `Expected at most ${MAX_GREETING_SECONDS} seconds`);
  if (channels === 1) return wavFile(rate, 1, pcm);
  const mono = new Int16Array(samples);
  for (let n = 0; n < samples; n++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += pcm[n * channels + channel] ?? 0;
    mono[n] = Math.round(sum / channels);
  }
  return wavFile(rate, 1, mono);
}

function parse(wav: Buffer) {
  try {
    return readWav(wav);
  } catch (error) {
    if (error instanceof WavError) throw fieldProblem('file', 'invalid', error.message);
    throw error;
  }
}
