import { readText } from './files.ts';

/** /etc/dialtone-release, written by the build of the image. */
export interface Release {
  readonly version: string;
  readonly buildId: string;
  /** Seconds since 1970. */
  readonly buildDate: number;
}

export function parseRelease(text: string): Release {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_]+)=(.*)$/.exec(line.trim());
    if (match?.[1] && match[2] !== undefined) values.set(match[1], match[2].replace(/^"(.*)"$/, '$1'));
  }
  const buildDate = Number(values.get('BUILD_DATE'));
  return {
    version: values.get('VERSION') ?? 'unknown',
    buildId: values.get('BUILD_ID') ?? '',
    buildDate: Number.isFinite(buildDate) ? buildDate : 0,
  };
}

export const readRelease = async (path = '/etc/dialtone-release'): Promise<Release> => parseRelease((await readText(path)) ?? '');
