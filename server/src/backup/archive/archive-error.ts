/** Why an archive cannot be opened: `code` is stable, the message is for people. */
export class ArchiveError extends Error {
  readonly code: 'wrong-passphrase' | 'no-archive' | 'archive-damaged' | 'newer-version' | 'disk-full';

  constructor(code: ArchiveError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
