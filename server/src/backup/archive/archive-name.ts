import { stamp } from '../backup-files.ts';

const PATTERN = /^dialtone-([a-z0-9]+(?:-[a-z0-9]+)*)-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})\.tar\.gz\.age$/;

/** A host name as a part of a file name. */
export const nameOfHost = (hostname: string): string =>
  (hostname.split('.')[0] ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63) || 'host';

/** `dialtone-<hostname>-YYYYMMDD-HHMMSS.tar.gz.age`, in UTC. */
export const archiveName = (hostname: string, at: Date): string => `dialtone-${nameOfHost(hostname)}-${stamp(at)}.tar.gz.age`;

/** @returns whose archive it is and of when (epoch milliseconds); undefined for any other file */
export function readArchiveName(name: string): { hostname: string; createdAt: number } | undefined {
  const parts = PATTERN.exec(name);
  if (!parts) return undefined;
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts.slice(2).map(Number);
  return { hostname: parts[1] as string, createdAt: Date.UTC(y, mo - 1, d, h, mi, s) };
}

export interface ArchiveFile {
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds, from the name. */
  readonly createdAt: number;
}

/** Archives among files, newest first. */
export function archivesAmong(files: Iterable<{ name: string; bytes: number }>): ArchiveFile[] {
  const found: ArchiveFile[] = [];
  for (const { name, bytes } of files) {
    const read = readArchiveName(name);
    if (read) found.push({ name, bytes, createdAt: read.createdAt });
  }
  return found.sort((a, b) => b.createdAt - a.createdAt);
}

/** Which of them go when `keep` are kept: only those this machine wrote, for several may share a folder. */
export const surplus = (files: readonly ArchiveFile[], hostname: string, keep: number): string[] =>
  files
    .filter(({ name }) => readArchiveName(name)?.hostname === nameOfHost(hostname))
    .slice(keep)
    .map(({ name }) => name);
