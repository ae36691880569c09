import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const stampSchema = z.object({ key: z.string(), seconds: z.number(), finished: z.string() });
export type Stamp = z.infer<typeof stampSchema>;

/** What the build remembers of steps that ended well: `<folder>/stamps/<step>.json`. */
export class Stamps {
  private readonly folder: string;

  constructor(cache: string) {
    this.folder = join(cache, 'stamps');
    mkdirSync(this.folder, { recursive: true });
  }

  private path(step: string): string {
    return join(this.folder, `${step}.json`);
  }

  /** The stamp of a step, if it ran with this key and all it left is still there. */
  valid(step: string, key: string, outputs: string[]): Stamp | undefined {
    if (!existsSync(this.path(step)) || !outputs.every((output) => existsSync(output))) return undefined;
    const stamp = stampSchema.safeParse(this.read(step));
    return stamp.success && stamp.data.key === key ? stamp.data : undefined;
  }

  private read(step: string): unknown {
    try {
      return JSON.parse(readFileSync(this.path(step), 'utf8'));
    } catch {
      return undefined; // Cut off while it was written: the step runs again.
    }
  }

  /** Before a step begins: until it has ended well, it did not run. */
  forget(step: string): void {
    rmSync(this.path(step), { force: true });
  }

  set(step: string, key: string, seconds: number): void {
    const stamp: Stamp = { key, seconds, finished: new Date().toISOString() };
    writeFileSync(this.path(step), `${JSON.stringify(stamp)}\n`);
  }
}
