import { spawn } from 'node:child_process';
import { Told } from './problem.ts';
import type { Text } from './texts/texts.ts';

export interface ExecOptions {
  /** Written to the standard input of the program. */
  readonly input?: string;
  /** Milliseconds after which the program is ended; 15 s unless told. */
  readonly timeout?: number;
  /** Exit codes that are no failure; [0] unless told. */
  readonly ok?: readonly number[];
  /** Output beyond this many bytes is cut off; 8 MB unless told. */
  readonly maxOutput?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program could not be started, ended with a code that was not expected, or took too long. */
export class ExecError extends Told {
  readonly program: string;
  readonly code: number | null;
  readonly stderr: string;
  constructor(program: string, code: number | null, stderr: string, what: Text) {
    const said = stderr.trim() ? `: ${stderr.trim().split('\n').slice(-3).join(' / ')}` : '';
    super(({ say }) => `${program}: ${say(what)}${said}`);
    this.program = program;
    this.code = code;
    this.stderr = stderr;
  }
}

/** Runs a program. What the rest of the agent takes as a parameter, so that specs can answer for the machine. */
export type Exec = (program: string, args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

// Nothing of the environment of the agent but this reaches a program; C.UTF-8 because outputs are parsed.
const ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  SYSTEMD_PAGER: '',
  SYSTEMD_COLORS: '0',
};

/**
 * The one place where the agent starts programs: an argument vector, never a shell, so no text from outside is ever interpreted.
 * @throws ExecError
 */
export const exec: Exec = (program, args, options = {}) =>
  new Promise((resolve, reject) => {
    const { input, timeout = 15_000, ok = [0], maxOutput = 8 * 1024 * 1024 } = options;
    const child = spawn(program, args, { env: { ...ENVIRONMENT, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let size = 0;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeout);
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxOutput) out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (err.length < 200) err.push(chunk);
    });
    child.stdin.on('error', () => undefined); // It need not read what we give it.
    child.stdin.end(input);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(new ExecError(program, null, '', error.message));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      const stderr = Buffer.concat(err).toString('utf8');
      if (late) reject(new ExecError(program, code, stderr, ({ t }) => t('exec.late', { seconds: timeout / 1000 })));
      else if (code === null) reject(new ExecError(program, code, stderr, ({ t }) => t('exec.signal')));
      else if (!ok.includes(code)) reject(new ExecError(program, code, stderr, ({ t }) => t('exec.ended', { code })));
      else resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr });
    });
  });
