import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.ts';
import { DiskSpace } from '../disk-space/disk-space.ts';
import { fieldProblem, type Principal, problem } from '../http/index.ts';
import { G722 } from '../media/codecs/codec.ts';
import { convertRateInPieces, toMono } from '../media/codecs/convert-rate.ts';
import { replaceableNames, textsOf } from '../media/prompts/catalogue.ts';
import { type FoundPrompt, PromptBook } from '../media/prompts/prompt-book.ts';
import { readWav, type Sound, WavError } from '../media/wav/wav-reader.ts';
import { WAV_HEADER_BYTES, wavFile } from '../media/wav/wav-writer.ts';
import { Environment } from '../settings/environment.ts';
import type { PromptListDto } from './prompts.schemas.ts';

/** Music on hold may be long. */
export const MAX_PROMPT_SECONDS = 600;
/** The keypad knows prompts by number: 101 is the first. */
const FIRST_NUMBER = 101;

/** The operator's own prompts: WAV files in DATA/prompts, which go before all others. That a file is there is all there is to know of one. */
@Injectable()
export class PromptsService {
  readonly #book: PromptBook;
  readonly #audit: AuditService;
  readonly #disk: DiskSpace;
  readonly #folder: string;

  constructor(book: PromptBook, audit: AuditService, environment: Environment, disk: DiskSpace) {
    this.#book = book;
    this.#audit = audit;
    this.#disk = disk;
    this.#folder = join(environment.dataDir, 'prompts');
  }

  async list(language: string): Promise<PromptListDto> {
    this.#mustHave(language);
    const texts = language === 'en' || language === 'es' ? textsOf(language) : undefined;
    const items = replaceableNames.map(async (name, n) => {
      const found = this.#book.find(language, name);
      const heard = found ?? this.#book.find('en', name);
      return {
        ...{ name, number: FIRST_NUMBER + n, text: texts?.get(name) ?? null, source: found?.source ?? null },
        seconds: heard === undefined ? 0 : await secondsOf(heard),
      };
    });
    return { language, languages: this.#book.languages(), items: await Promise.all(items) };
  }

  /** The prompt of this number of the list. */
  named(number: string): string | undefined {
    return replaceableNames[Number(number) - FIRST_NUMBER];
  }

  /** As a WAV of 16 bit, whatever the file is: every browser plays that. @throws problem 404 */
  async audio(language: string, name: string, original: boolean): Promise<Buffer> {
    this.#mustHave(language);
    const besides = original ? 'own' : undefined;
    const found = this.#book.find(language, name, besides) ?? this.#book.find('en', name, besides);
    if (found === undefined) throw problem(404, 'not-found', 'There is no such prompt.');
    const { rate, channels, pcm } = await readSound(found);
    return wavFile(rate, channels, pcm);
  }

  /** May another recording be stored? */
  get hasRoom(): boolean {
    return this.#disk.hasRoom;
  }

  /** Puts a WAV in the place of a prompt: any rate, one channel or more. @throws problem 400, 404, 422 `disk-full` */
  async replace(language: string, name: string, wav: Buffer, actor: Principal): Promise<void> {
    if (!this.hasRoom) throw problem(422, 'disk-full', 'The disk of the server is nearly full. Make room first.');
    const sound = await forTelephones(readUpload(wav));
    const draft = await this.draft(language);
    try {
      await writeFile(draft, sound, { mode: 0o600, flush: true });
      await this.adopt(language, name, draft, actor);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** A file to record into; `adopt` puts it in the place of a prompt. */
  async draft(language: string): Promise<string> {
    this.#mustHave(language);
    await mkdir(join(this.#folder, language), { recursive: true, mode: 0o750 });
    return join(this.#folder, language, `draft-${randomUUID()}.part`);
  }

  async adopt(language: string, name: string, draft: string, actor: Principal): Promise<void> {
    const file = this.#file(language, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o750 });
    await rename(draft, file);
    this.#book.refresh();
    await this.#audit.record(actor, 'prompt.replace', 'prompt', `${language}/${name}`);
  }

  /** Back to the original. Nothing happens where it was not replaced. */
  async restore(language: string, name: string, actor: Principal): Promise<void> {
    this.#mustHave(language);
    if (this.#book.find(language, name)?.source !== 'own') return;
    await rm(this.#file(language, name), { force: true });
    this.#book.refresh();
    await this.#audit.record(actor, 'prompt.restore', 'prompt', `${language}/${name}`);
  }

  #file(language: string, name: string): string {
    return join(this.#folder, language, `${name}.wav`);
  }

  #mustHave(language: string): void {
    if (!this.#book.languages().includes(language)) throw problem(404, 'not-found', `There are no prompts for the language ${language}.`);
  }
}

/** By the size of the file and what its header says of a second; not to the sample. */
async function secondsOf({ file }: FoundPrompt): Promise<number> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return 0;
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(WAV_HEADER_BYTES);
    await handle.read(head, 0, head.length, 0);
    return file.endsWith('.g722') ? size / 8000 : Math.max(0, size - head.length) / Math.max(1, head.readUInt32LE(28));
  } finally {
    await handle.close();
  }
}

async function readSound({ file }: FoundPrompt): Promise<Sound> {
  const bytes = await readFile(file);
  return file.endsWith('.g722') ? { rate: G722.rate, channels: 1, pcm: G722.decoder()(bytes) } : readWav(bytes);
}

function readUpload(wav: Buffer): Sound {
  let sound: Sound;
  try {
    sound = readWav(wav);
  } catch (error) {
    if (error instanceof WavError) throw fieldProblem('file', 'no-wav', error.message);
    throw error;
  }
  const seconds = sound.pcm.length / sound.channels / sound.rate;
  if (seconds < 0.1) throw fieldProblem('file', 'too-short', 'There is nothing to hear in this file');
  if (seconds > MAX_PROMPT_SECONDS) throw fieldProblem('file', 'too-long', `It is longer than ${MAX_PROMPT_SECONDS / 60} minutes`);
  return sound;
}

/** One channel, 16 kHz where there is so much to hear, else 8. */
async function forTelephones({ rate, channels, pcm }: Sound): Promise<Buffer> {
  const to = rate >= 16_000 ? 16_000 : 8000;
  return wavFile(to, 1, await convertRateInPieces(toMono(pcm, channels), rate, to));
}
