import type { Readable } from 'node:stream';

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
}

/** A place for archives while it is in use. Names are plain file names. Every method throws PlaceError with words for people. */
export interface OpenPlace {
  list(): Promise<StoredFile[]>;
  /** Copies a file of this machine there: under its name only when it is whole and, as far as the place can say, on its disk. */
  put(file: string, name: string, progress: (bytes: number) => void): Promise<void>;
  /** @throws PlaceError `no-such-file` */
  read(name: string): Promise<Readable>;
  remove(name: string): Promise<void>;
  /** Bytes; null when the place does not say. */
  free(): Promise<number | null>;
  close(): Promise<void>;
}

/** Why a place cannot be used. `code` is stable, the message is for people. */
export class PlaceError extends Error {
  readonly code:
    | 'place-unreachable'
    | 'login-refused'
    | 'host-key-changed'
    | 'place-not-writable'
    | 'place-full'
    | 'no-such-file'
    | 'private-key-wrong';

  constructor(code: PlaceError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
