import { readFileSync } from 'node:fs';

/** What the build of the image wrote down of itself. */
export interface Release {
  readonly version: string;
  readonly buildId: string;
  /** Epoch ms. */
  readonly builtAt: number;
  /** The line that images are checked with; empty when there is none. */
  readonly publicKey: string;
}

/** The text of /etc/dialtone-release. */
export function parseRelease(text: string): Release {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z_]+)="?(.*?)"?$/.exec(line.trim()) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  const builtAt = Number(values.get('BUILD_DATE')) * 1000;
  return {
    version: values.get('VERSION') ?? '',
    buildId: values.get('BUILD_ID') ?? '',
    builtAt: Number.isFinite(builtAt) ? builtAt : 0,
    publicKey: values.get('PUBLIC_KEY') ?? '',
  };
}

/** @returns undefined away from the image */
export function readRelease(file: string): Release | undefined {
  try {
    return parseRelease(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
