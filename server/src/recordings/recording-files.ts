import { mkdirSync } from 'node:fs';
import { open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Injectable } from '@nestjs/common';
import { WAV_HEADER_BYTES } from '../media/wav/wav-writer.ts';
import { Environment } from '../settings/environment.ts';

/** Below the data folder, so that backups take it along. */
const ROOT = 'recordings';

/** Where recordings lie: DATA/recordings/<yyyy-mm>/<call id>.wav */
@Injectable()
export class RecordingFiles {
  readonly #root: string;
  #made = '';

  constructor(environment: Environment) {
    this.#root = join(environment.dataDir, ROOT);
  }

  /** Makes the folder of its month. @param startedAt epoch ms */
  newFile(callId: string, startedAt: number): string {
    const folder = join(this.#root, new Date(startedAt).toISOString().slice(0, 7));
    if (folder !== this.#made) mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.#made = folder;
    return join(folder, `${callId}.wav`);
  }

  nameOf(path: string): string {
    return relative(this.#root, path);
  }

  pathOf(name: string): string {
    return join(this.#root, name);
  }

  /** How long it lasts and how large it is, as WavWriter leaves it; undefined when there is no sound in it. */
  async measure(path: string): Promise<{ seconds: number; bytes: number } | undefined> {
    const file = await open(path, 'r').catch(() => undefined);
    if (!file) return undefined;
    try {
      const head = Buffer.alloc(WAV_HEADER_BYTES);
      const { bytesRead } = await file.read(head, 0, WAV_HEADER_BYTES, 0);
      const bytesPerSecond = bytesRead === WAV_HEADER_BYTES ? head.readUInt32LE(28) : 0;
      const { size } = await file.stat();
      if (bytesPerSecond === 0 || size <= WAV_HEADER_BYTES) return undefined;
      return { seconds: Math.round((size - WAV_HEADER_BYTES) / bytesPerSecond), bytes: size };
    } finally {
      await file.close();
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
    // The folder of a month goes with its last file.
    const folder = dirname(path);
    if (folder !== this.#made) await rmdir(folder).catch(() => undefined);
  }

  /** All that lie there, by call id. */
  async all(): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (const month of await readdir(this.#root).catch(() => [])) {
      for (const name of await readdir(join(this.#root, month)).catch(() => []))
        if (name.endsWith('.wav')) found.set(name.slice(0, -'.wav'.length), join(this.#root, month, name));
    }
    return found;
  }
}
