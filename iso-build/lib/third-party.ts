import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { byBytes } from './digest.ts';
import type { NpmPackage } from './npm-closure.ts';

/** One text with the licence of every npm package that is in the product, installed or compiled in; the same words are given once. */
export function thirdPartyNotices(project: string, packages: NpmPackage[]): string {
  const users = new Map<string, string[]>();
  for (const one of packages) {
    const text = licenceText(join(project, one.path)) ?? `No licence file. The package names its licence: ${one.license ?? 'none'}`;
    const who = `${one.name} ${one.version} (${one.license ?? 'see below'})`;
    users.set(text, [...new Set([...(users.get(text) ?? []), who])].sort(byBytes));
  }
  const sections = [...users].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).sort(byBytes);
  const head = 'Packages from the npm registry that are part of Dialtone, each group with its licence.\n';
  return [head, ...sections].join(`\n${'='.repeat(78)}\n\n`);
}

function licenceText(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)[^/]*$/i.test(name) && !/\.(js|cjs|mjs)$/.test(name));
  const texts = names.sort(byBytes).map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim());
  return texts.length === 0 ? undefined : texts.join('\n\n');
}
