import { parseArgs } from 'node:util';
import { BuildError } from './command.ts';

export interface Options {
  /** Ed25519 private key (PEM, PKCS #8) that signs the image; without it a development key is made. */
  key: string | undefined;
  checkReproducible: boolean;
  /** A version the image shall claim to be, with one more migration: for tests of the upgrade. */
  nextVersion: string | undefined;
  /** For trials of the build itself: an image without the host agent, that ends in a login prompt. */
  withoutAgent: boolean;
}

export const usage = `npm run iso -- [options]
  --key FILE            sign with this Ed25519 key (PEM); also by DIALTONE_SIGNING_KEY. Without: a development key
  --check-reproducible  build twice from nothing and compare the bytes
  --next-version X      for tests of the upgrade: the same image as version X, with one more migration
`;

/** @throws BuildError with the usage when an option is unknown or malformed */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        key: { type: 'string' },
        'check-reproducible': { type: 'boolean', default: false },
        'next-version': { type: 'string' },
        'without-agent': { type: 'boolean', default: false },
      },
    });
    const nextVersion = values['next-version'];
    if (nextVersion !== undefined && !/^\d+\.\d+\.\d+$/.test(nextVersion)) throw new Error(`"${nextVersion}" is no version like 1.2.3`);
    return {
      key: values.key ?? (env.DIALTONE_SIGNING_KEY || undefined),
      checkReproducible: values['check-reproducible'],
      nextVersion,
      withoutAgent: values['without-agent'],
    };
  } catch (error) {
    throw new BuildError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
