import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SettingsFile } from '../settings-file.ts';
import { DEFAULT_LANGUAGE, languageSettings, MachineLanguage } from './language.ts';

it('is English until somebody chooses, and goes along to the data disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'dialtone-language-'));
  const keeper = { ready: false };
  const file = () => new SettingsFile('language.json', languageSettings, DEFAULT_LANGUAGE, keeper, root);
  let changes = 0;
  const first = file();
  const language = new MachineLanguage(first, () => changes++);
  expect([language.value, language.texts.t('ui.yes')]).toEqual(['en', 'Yes']);
  await language.set('es');
  expect([language.value, language.texts.t('ui.yes'), changes]).toEqual(['es', 'Sí', 1]);
  keeper.ready = true;
  await first.load();
  expect(JSON.parse(await readFile(join(root, 'system/language.json'), 'utf8'))).toEqual({ language: 'es' });
  const next = file();
  await next.load();
  expect(new MachineLanguage(next, () => undefined).value).toBe('es');
  await rm(root, { recursive: true });
});
