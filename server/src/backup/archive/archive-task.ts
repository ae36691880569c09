import type { ArchiveError } from './archive-error.ts';
import type { Manifest } from './manifest.ts';

/** Makes an archive. */
export interface MakeTask {
  readonly kind: 'make';
  readonly dataDir: string;
  readonly databaseFile: string;
  /** Final path; the file has it only when it is whole and on the disk. */
  readonly target: string;
  readonly passphrase: string;
  readonly about: Pick<Manifest, 'version' | 'createdAt' | 'hostname' | 'applianceId'>;
  /** Settings of the machine as JSON; null away from the appliance. */
  readonly hostSettings: string | null;
}

/** Decrypts and reads an archive to its end, and checks it against its manifest. */
export interface VerifyTask {
  readonly kind: 'verify';
  readonly file: string;
  readonly passphrase: string;
}

/** Unpacks an archive into an empty folder, and checks the database in it. */
export interface ExtractTask {
  readonly kind: 'extract';
  readonly file: string;
  readonly passphrase: string;
  readonly folder: string;
}

export type ArchiveTask = MakeTask | VerifyTask | ExtractTask;

export interface ArchiveResult {
  readonly manifest: Manifest;
  /** Of the encrypted file. */
  readonly bytes: number;
  /** Of the encrypted file, hexadecimal. */
  readonly sha256: string;
  /** Entries that the archive has. */
  readonly entries: readonly string[];
}

/** What the worker says. `share` is 0..1. */
export type ArchiveNews =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'done'; readonly result: ArchiveResult }
  | { readonly kind: 'failed'; readonly code: ArchiveError['code'] | null; readonly message: string };
