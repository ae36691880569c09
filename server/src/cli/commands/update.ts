import { createReadStream, existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { VERSION } from '../../settings/version.ts';
import { type ImageEffect, imageVerdict } from '../../update/image-verdict.ts';
import { imageHash, type PublicKey, readPublicKey } from '../../update/minisign.ts';
import { readRelease } from '../../update/release.ts';
import { CommandError } from '../api-client.ts';
import { type GlobalOptions, readInput } from '../context.ts';
import { Printer } from '../output.ts';

const EFFECTS: Readonly<Record<ImageEffect, string>> = {
  upgrade: 'It is newer than this one: booted over this data it upgrades it, after a copy of the database.',
  same: 'It is the version that runs now.',
  older: 'It is older than this one: it will refuse this data.',
};

/** `dialtone update verify FILE.iso`: the same look at an image as in the pages, without the server. */
export function addUpdateCommands(program: Command): void {
  program
    .command('update')
    .description('new images: verify')
    .command('verify <file>')
    .description('whether an image was made by Dialtone and is whole; ends with 1 when not')
    .option('--signature <file>', 'its signature (default: the file with .minisig behind its name)')
    .option('--public-key <key>', 'the key, or a file with it (default: the one of this appliance)')
    .option('--release-file <file>', 'where this appliance keeps its key', '/etc/dialtone-release')
    .action(
      async (file: string, options: { signature?: string; publicKey?: string; releaseFile: string }, command: Command): Promise<void> => {
        const key = keyOf(options);
        const signature = options.signature ?? `${file}.minisig`;
        const text = options.signature === undefined && !existsSync(signature) ? '' : readInput(signature).toString('utf8');
        const verdict = imageVerdict(await hashOf(file), text, key, VERSION);
        if (!verdict.ok) throw new CommandError(`Refused: ${verdict.reason}. Do not use this image.`);
        const out = new Printer({ json: command.optsWithGlobals<GlobalOptions>().json === true });
        out.print(verdict, () => `Good: Dialtone ${verdict.version}, build ${verdict.build}. ${EFFECTS[verdict.effect]}`);
      },
    );
}

async function hashOf(file: string): Promise<Buffer> {
  const hash = imageHash();
  try {
    for await (const piece of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(piece as Buffer);
  } catch (error) {
    throw new CommandError(`Cannot read ${file}: ${(error as Error).message}`);
  }
  return hash.digest();
}

function keyOf({ publicKey, releaseFile }: { publicKey?: string; releaseFile: string }): PublicKey {
  const given = publicKey !== undefined && existsSync(publicKey) ? readFileSync(publicKey, 'utf8') : publicKey;
  try {
    return readPublicKey(given ?? readRelease(releaseFile)?.publicKey ?? '');
  } catch {
    throw new CommandError(
      given === undefined
        ? 'This machine has no key to check with: give --public-key.'
        : 'What --public-key names is no minisign public key.',
    );
  }
}
