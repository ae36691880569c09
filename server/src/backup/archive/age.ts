import { Decrypter, Encrypter } from 'age-encryption';
import { ArchiveError } from './archive-error.ts';

/** Log2 of scrypt's N: 32 MB of memory for a moment, since machines have 512 MB. */
const WORK_FACTOR = 15;
/** What the command `age` writes; more would take memory a small machine does not have. */
const MAX_WORK_FACTOR = 18;
const HEADER_LIMIT = 4096;
const VERSION_LINE = 'age-encryption.org/v1\n';

type Bytes = AsyncIterable<Uint8Array>;

/** A step of a pipeline: encrypts to a passphrase as age does (age-encryption.org/v1, scrypt recipient). Takes a moment of the thread. */
export const encryptTo = (passphrase: string) =>
  async function* (source: Bytes): AsyncGenerator<Uint8Array> {
    const age = new Encrypter();
    age.setScryptWorkFactor(WORK_FACTOR);
    age.setPassphrase(passphrase);
    yield* await age.encrypt(ReadableStream.from(source));
  };

/** A step of a pipeline: the reverse. @throws ArchiveError `no-archive`, `wrong-passphrase`, `archive-damaged` */
export const decryptWith = (passphrase: string) =>
  async function* (source: Bytes): AsyncGenerator<Uint8Array> {
    const age = new Decrypter();
    age.addPassphrase(passphrase);
    let clear: ReadableStream<Uint8Array>;
    try {
      clear = await age.decrypt(ReadableStream.from(checkHeader(source)));
    } catch (error) {
      throw refusal(error);
    }
    try {
      yield* clear;
    } catch (error) {
      throw damaged(error);
    }
  };

export const damaged = (error: unknown): ArchiveError =>
  error instanceof ArchiveError
    ? error
    : new ArchiveError(
        'archive-damaged',
        `The file is damaged or was cut short (${error instanceof Error ? error.message : String(error)}). Take another one.`,
      );

function refusal(error: unknown): ArchiveError {
  if (error instanceof Error && /no identity matched/.test(error.message)) {
    return new ArchiveError('wrong-passphrase', 'The passphrase is wrong. The file is still here: type the passphrase again.');
  }
  return damaged(error);
}

/** Looks at the header before age does: another kind of file is told in words, and a work factor that would take all memory is refused. */
async function* checkHeader(source: Bytes): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (!isWholeHeader(head)) continue;
    yield head;
    head = undefined;
  }
  if (head !== undefined) yield head;
}

function isWholeHeader(head: Buffer): boolean {
  const text = head.subarray(0, HEADER_LIMIT).toString('latin1');
  if (!text.startsWith(VERSION_LINE.slice(0, text.length))) throw noArchive();
  const factor = /\n-> scrypt \S+ (\d+)\n/.exec(text)?.[1];
  if (factor !== undefined && Number(factor) > MAX_WORK_FACTOR) {
    throw new ArchiveError('no-archive', `The file asks for more memory than is taken for it (scrypt work factor ${factor}).`);
  }
  const whole = text.includes('\n--- ');
  if (whole && factor === undefined) {
    throw new ArchiveError('no-archive', 'The file is encrypted with a key, not with a passphrase: it is no backup of Dialtone.');
  }
  if (!whole && head.length >= HEADER_LIMIT) throw noArchive();
  return whole;
}

const noArchive = (): ArchiveError =>
  new ArchiveError('no-archive', 'The file is no encrypted backup of Dialtone: choose one that ends in .tar.gz.age.');
