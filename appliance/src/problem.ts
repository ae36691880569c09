import type { HostProblem } from '../../server/src/host/contract/index.ts';
import { inEnglish, type Text } from './texts/texts.ts';

/** A fault with words for people, in the language of whoever reads them; as an Error, and in the log, it speaks English. */
export class Told extends Error {
  readonly text: Text;
  constructor(text: Text) {
    super(inEnglish(text));
    this.text = text;
  }
}

/** A refusal with a stable code, as the host socket and the status page say it (RFC 9457). */
export class Refusal extends Told {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: Text) {
    super(detail);
    this.status = status;
    this.code = code;
  }
  toJSON(): HostProblem {
    return { status: this.status, code: this.code, detail: this.message };
  }
}

/** What to write into the log about anything that was thrown. */
export const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What to tell a person about it. */
export const told = (error: unknown): Text => (error instanceof Told ? error.text : words(error));
