import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { Readable } from 'node:stream';
import type { Client, ConnectConfig, SFTPWrapper, Stats } from 'ssh2';
import type { SftpPlace } from '../plan/backup-plan.ts';
import { type OpenPlace, PlaceError, type StoredFile } from './open-place.ts';

const CONNECT_MS = 15_000;
/** Three unanswered signs of life, and the line is dead. */
const ALIVE_MS = 10_000;
/** What every server answers at one go (draft-ietf-secsh-filexfer-02, section 3). */
const BLOCK = 32_768;
const AHEAD = 8;
const ANSWER_MS = 60_000;
/** SSH_FX_NO_SUCH_FILE, SSH_FX_PERMISSION_DENIED (draft-ietf-secsh-filexfer-02, section 7). */
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** As `ssh-keygen -l` prints it. */
export const fingerprintOf = (key: Buffer): string => `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** Asks a server for its key, and leaves before anything secret is said. @throws PlaceError */
export async function hostKeyOf(host: string, port: number): Promise<string> {
  const { Client } = await import('ssh2');
  const client = new Client();
  let seen: string | undefined;
  try {
    await connected(client, {
      host,
      port,
      username: 'dialtone',
      readyTimeout: CONNECT_MS,
      hostVerifier: (key: Buffer) => {
        seen = fingerprintOf(key);
        return false;
      },
    });
  } catch (error) {
    if (seen === undefined) throw refusal(error, host);
  } finally {
    client.end();
  }
  if (seen === undefined) throw new PlaceError('place-unreachable', `${host} showed no key.`);
  return seen;
}

/** Logs in by SSH, to a server whose key is known. @throws PlaceError `host-key-changed`, `login-refused`, `place-unreachable`, `private-key-wrong` */
export async function openSftp(place: SftpPlace): Promise<OpenPlace> {
  const { Client, utils } = await import('ssh2');
  const byKey = place.auth === 'key';
  const key = byKey ? utils.parseKey(place.privateKey, place.keyPassphrase || undefined) : undefined;
  if (key instanceof Error) throw new PlaceError('private-key-wrong', `The private key cannot be read: ${key.message}`);
  const client = new Client();
  let shown: string | undefined;
  try {
    await connected(client, {
      host: place.host,
      port: place.port,
      username: place.user,
      ...(byKey ? { privateKey: place.privateKey, passphrase: place.keyPassphrase } : { password: place.password }),
      readyTimeout: CONNECT_MS,
      keepaliveInterval: ALIVE_MS,
      keepaliveCountMax: 3,
      hostVerifier: (hostKey: Buffer) => {
        shown = fingerprintOf(hostKey);
        return shown === place.hostKey;
      },
    });
    client.setMaxListeners(AHEAD * 2 + 10);
    return new SftpFolder(client, await sftpOf(client), place.folder || '.', place.host);
  } catch (error) {
    client.end();
    if (shown !== undefined && shown !== place.hostKey) {
      throw new PlaceError(
        'host-key-changed',
        `The key of ${place.host} is not the one that was accepted: it was ${place.hostKey} and is ${shown}. ` +
          'Nothing was sent. If the server was set up anew, test the connection and accept the new key.',
      );
    }
    throw refusal(error, place.host);
  }
}

function connected(client: Client, config: ConnectConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('ready', resolve);
    client.once('close', () => reject(new Error('the connection was closed')));
    // Stays: a connection that breaks later must not end the process.
    client.on('error', reject);
    client.connect(config);
    client.setNoDelay(true);
  });
}

const sftpOf = (client: Client): Promise<SFTPWrapper> =>
  new Promise((resolve, reject) => client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp))));

function refusal(error: unknown, host: string): PlaceError {
  if (error instanceof PlaceError) return error;
  const { message, level, code } = error as Error & { level?: string; code?: unknown };
  if (level === 'client-authentication') {
    return new PlaceError('login-refused', `${host} refused the user name and the password or key.`);
  }
  if (code === PERMISSION_DENIED) return new PlaceError('place-not-writable', `${host} does not let this user write there.`);
  if (code === NO_SUCH_FILE) return new PlaceError('no-such-file', `There is no such file or folder on ${host}.`);
  if (typeof code === 'number') return new PlaceError('place-not-writable', `${host} could not do it: ${message}`);
  return new PlaceError('place-unreachable', `${host} cannot be reached: ${message}`);
}

class SftpFolder implements OpenPlace {
  readonly #client: Client;
  readonly #sftp: SFTPWrapper;
  readonly #folder: string;
  readonly #host: string;

  constructor(client: Client, sftp: SFTPWrapper, folder: string, host: string) {
    this.#client = client;
    this.#sftp = sftp;
    this.#folder = folder;
    this.#host = host;
  }

  list(): Promise<StoredFile[]> {
    return this.#say(async () => {
      const found = await this.#entries().catch((error: { code?: unknown }) => {
        if (error.code === NO_SUCH_FILE) return [];
        throw error;
      });
      return found.filter(({ attrs }) => attrs.isFile()).map(({ filename, attrs }) => ({ name: filename, bytes: attrs.size }));
    });
  }

  put(file: string, name: string, progress: (bytes: number) => void): Promise<void> {
    return this.#say(async () => {
      await this.#makeFolder();
      const part = this.#path(`.${name}.part`);
      try {
        await this.#write(file, part, progress);
        await this.#replace(part, this.#path(name));
      } catch (error) {
        await this.#done((done) => this.#sftp.unlink(part, done)).catch(() => undefined);
        throw error;
      }
    });
  }

  read(name: string): Promise<Readable> {
    return this.#say(async () => {
      const path = this.#path(name);
      const { size } = await this.#ask<Stats>((done) => this.#sftp.stat(path, done));
      const handle = await this.#ask<Buffer>((done) => this.#sftp.open(path, 'r', done));
      return Readable.from(this.#blocks(handle, size), { objectMode: false });
    });
  }

  remove(name: string): Promise<void> {
    return this.#say(() => this.#done((done) => this.#sftp.unlink(this.#path(name), done)));
  }

  /** Only servers with OpenSSH's extension say it. */
  async free(): Promise<number | null> {
    type Volume = { f_bavail?: number; f_frsize?: number } | undefined;
    const found = await this.#ask<Volume>((done) => this.#sftp.ext_openssh_statvfs(this.#folder, (error, volume) => done(error, volume)), {
      within: 3000,
    }).catch(() => undefined);
    return found?.f_bavail === undefined || found.f_frsize === undefined ? null : found.f_bavail * found.f_frsize;
  }

  async close(): Promise<void> {
    this.#client.end();
  }

  #path(name: string): string {
    if (name.includes('/') || name === '' || name === '.' || name === '..') throw new PlaceError('no-such-file', 'That is no file name.');
    return posix.join(this.#folder, name);
  }

  async #write(file: string, path: string, progress: (bytes: number) => void): Promise<void> {
    const handle = await this.#ask<Buffer>((done) => this.#sftp.open(path, 'w', { mode: 0o600 }, done));
    const ahead: Promise<void>[] = [];
    let sent = 0;
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: BLOCK })) {
        const block = chunk as Buffer;
        const at = sent;
        sent += block.length;
        const written = this.#done((done) => this.#sftp.write(handle, block, 0, block.length, at, done));
        written.catch(() => undefined);
        ahead.push(written);
        if (ahead.length >= AHEAD) await ahead.shift();
        progress(sent);
      }
      await Promise.all(ahead);
    } finally {
      await this.#done((done) => this.#sftp.close(handle, done));
    }
  }

  /** Several questions are under way at a time: one by one, a far server would be as slow as it is far. */
  async *#blocks(handle: Buffer, size: number): AsyncGenerator<Buffer> {
    const ahead: Promise<Buffer>[] = [];
    let asked = 0;
    try {
      for (;;) {
        while (ahead.length < AHEAD && asked < size) {
          const length = Math.min(BLOCK, size - asked);
          const block = this.#block(handle, asked, length);
          // Whoever stops reading leaves some of them behind.
          block.catch(() => undefined);
          ahead.push(block);
          asked += length;
        }
        const next = ahead.shift();
        if (next === undefined) return;
        yield await next;
      }
    } catch (error) {
      throw refusal(error, this.#host);
    } finally {
      await this.#done((done) => this.#sftp.close(handle, done)).catch(() => undefined);
    }
  }

  /** A server may answer with less than was asked for. */
  async #block(handle: Buffer, offset: number, length: number): Promise<Buffer> {
    const block = Buffer.alloc(length);
    for (let filled = 0; filled < length; ) {
      const count = await this.#ask<number>((done) =>
        this.#sftp.read(handle, block, filled, length - filled, offset + filled, (error, read) => done(error, read)),
      );
      if (count === 0) throw new Error('the file got shorter');
      filled += count;
    }
    return block;
  }

  #entries(): Promise<{ filename: string; attrs: { size: number; isFile(): boolean } }[]> {
    return new Promise((resolve, reject) => this.#sftp.readdir(this.#folder, (error, list) => (error ? reject(error) : resolve(list))));
  }

  /** Folders on the way are made one after the other; one that is there already answers with a failure. */
  async #makeFolder(): Promise<void> {
    const there = await this.#done((done) => this.#sftp.stat(this.#folder, done)).then(
      () => true,
      () => false,
    );
    if (there) return;
    const parts = this.#folder.split('/');
    for (let i = 1; i <= parts.length; i++) {
      const path = parts.slice(0, i).join('/');
      if (path !== '') await this.#done((done) => this.#sftp.mkdir(path, { mode: 0o700 }, done)).catch(() => undefined);
    }
  }

  /** The plain rename of the protocol refuses to replace a file. */
  async #replace(from: string, to: string): Promise<void> {
    await this.#done((done) => this.#sftp.unlink(to, done)).catch(() => undefined);
    await this.#done((done) => this.#sftp.rename(from, to, done));
  }

  #done(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return this.#ask<void>((done) => start((error) => done(error, undefined)));
  }

  /** A line that breaks answers nothing more, and a server that hangs neither. */
  #ask<T>(start: (done: (error: Error | null | undefined, value: T) => void) => void, { within = ANSWER_MS } = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const over = () => {
        clearTimeout(late);
        this.#client.removeListener('close', broken);
      };
      const broken = () => {
        over();
        reject(new Error('the connection broke'));
      };
      const late = setTimeout(() => {
        over();
        reject(new Error('the server does not answer'));
      }, within);
      this.#client.once('close', broken);
      try {
        start((error, value) => {
          over();
          if (error) reject(error);
          else resolve(value);
        });
      } catch (error) {
        over();
        reject(error);
      }
    });
  }

  async #say<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw refusal(error, this.#host);
    }
  }
}
