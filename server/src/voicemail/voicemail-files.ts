import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { WAV_HEADER_BYTES } from '../media/wav/wav-writer.ts';
import { Environment } from '../settings/environment.ts';

/** What a caller hears before the beep; a temporary one goes before the others. `name` is spoken inside of our own sentences. */
export const GREETINGS = ['unavailable', 'busy', 'temporary', 'name'] as const;
export type GreetingKind = (typeof GREETINGS)[number];

/** Below the data folder, so that backups take it along. */
const ROOT = 'voicemail';

/** Where the sound of the mailboxes lies: DATA/voicemail/<subscriber>/<message>.wav and .../greetings/<kind>.wav */
@Injectable()
export class VoicemailFiles {
  readonly #dataDir: string;

  constructor(environment: Environment) {
    this.#dataDir = environment.dataDir;
  }

  newName(): string {
    return `${randomUUID()}.wav`;
  }

  /** Below the data folder, as the outbox wants it. */
  relative(subscriberId: number, file: string): string {
    return join(ROOT, String(subscriberId), file);
  }

  message(subscriberId: number, file: string): string {
    return join(this.#dataDir, this.relative(subscriberId, file));
  }

  greeting(subscriberId: number, kind: GreetingKind): string {
    return join(this.#dataDir, ROOT, String(subscriberId), 'greetings', `${kind}.wav`);
  }

  /** A greeting while it is made: it takes the place of the old one only when it is whole. */
  draft(subscriberId: number, kind: GreetingKind): string {
    return join(this.#dataDir, ROOT, String(subscriberId), 'greetings', `${kind}.part-${randomUUID()}.wav`);
  }

  /** Makes the folders of a mailbox. */
  async prepare(subscriberId: number): Promise<void> {
    await mkdir(join(this.#dataDir, ROOT, String(subscriberId), 'greetings'), { recursive: true, mode: 0o750 });
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  /** Everything of a mailbox. */
  async removeAll(subscriberId: number): Promise<void> {
    await rm(join(this.#dataDir, ROOT, String(subscriberId)), { recursive: true, force: true });
  }

  async exists(path: string): Promise<boolean> {
    return (await stat(path).catch(() => undefined))?.isFile() ?? false;
  }

  /** Length in seconds of a WAV file as our recorders write it; 0 when it is missing or unreadable. */
  async secondsOf(path: string): Promise<number> {
    const file = await open(path, 'r').catch(() => undefined);
    if (!file) return 0;
    try {
      const head = Buffer.alloc(WAV_HEADER_BYTES);
      const { bytesRead } = await file.read(head, 0, WAV_HEADER_BYTES, 0);
      const bytesPerSecond = bytesRead === WAV_HEADER_BYTES ? head.readUInt32LE(28) : 0;
      if (bytesPerSecond === 0) return 0;
      return Math.max(0, ((await file.stat()).size - WAV_HEADER_BYTES) / bytesPerSecond);
    } finally {
      await file.close();
    }
  }
}
