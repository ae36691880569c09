import { LANGUAGES } from '../../../server/src/host/contract/index.ts';
import type { Host } from '../host.ts';
import { LANGUAGE_NAMES } from '../texts/texts.ts';
import type { Ui } from './ui.ts';

/** Also behind a key of the first screen: before there is a data disk, and for whoever does not understand the menu. */
export async function languageMenu(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  const choices = LANGUAGES.map((value) => ({ label: LANGUAGE_NAMES[value], value }));
  const chosen = await ui.choose(t('language.title'), choices, t('language.text'));
  if (chosen) await ui.work(t('language.title'), () => host.language.set(chosen));
}
