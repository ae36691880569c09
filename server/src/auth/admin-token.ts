import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Environment } from '../settings/environment.ts';
import { newToken, sameToken } from './tokens.ts';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

/**
 * The token of the command line: whoever may read the data folder (mode 600) is an administrator. Made at the first start.
 */
@Injectable()
export class AdminToken implements OnModuleInit {
  readonly #file: string;
  #token = '';

  constructor(environment: Environment) {
    this.#file = environment.adminTokenFile;
  }

  async onModuleInit(): Promise<void> {
    const found = await readFile(this.#file, 'utf8').catch((error: unknown) => {
      if (isMissing(error)) return '';
      throw error;
    });
    this.#token = found.trim();
    if (this.#token.length < 32) {
      this.#token = newToken();
      await mkdir(dirname(this.#file), { recursive: true });
      await writeFile(this.#file, `${this.#token}\n`, { mode: 0o600 });
    }
    await chmod(this.#file, 0o600);
  }

  /** Whether an Authorization header carries the token. */
  accepts(authorization: string | undefined): boolean {
    const match = /^Bearer\s+(\S+)$/i.exec(authorization ?? '');
    return match?.[1] !== undefined && this.#token !== '' && sameToken(match[1], this.#token);
  }
}
