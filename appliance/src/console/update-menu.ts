import { z } from 'zod';
import type { Host } from '../host.ts';
import { told } from '../problem.ts';
import { restartService } from '../services/services.ts';
import { inEnglish, type Text, together } from '../texts/texts.ts';
import { commandLine } from './ask-server.ts';
import type { Ui } from './ui.ts';

/** What `dialtone upgrade status --json` prints. */
const upgradeStatus = z.object({
  version: z.string().nullable(),
  upgrade: z.object({ from: z.string(), at: z.string() }).nullable(),
  lost: z.object({ calls: z.int(), ledgerEntries: z.int() }).nullish(),
});

/** Of which version the data is, and what an undo would lose. */
export function statusText(json: string): Text {
  const { version, upgrade, lost } = upgradeStatus.parse(JSON.parse(json));
  if (version === null) return ({ t }) => t('update.untracked');
  if (!upgrade) return ({ t }) => t('update.nothing', { version });
  return together([
    ({ t }) => t('update.upgraded', { version, from: upgrade.from, at: upgrade.at }),
    lost ? ({ t }) => t('update.losing', { calls: lost.calls, entries: lost.ledgerEntries }) : '',
  ]);
}

const undone = z.object({ version: z.string() });

async function carryOut(host: Host, act: 'undo' | 'again'): Promise<Text> {
  const json = await commandLine(host, ['upgrade', act, '--json']);
  if (act === 'again') return ({ t }) => t('update.allowed');
  const { version } = undone.parse(JSON.parse(json));
  return ({ t }) => t('update.undone', { version });
}

/** Reads and undoes an upgrade on the data itself: the server need not run for it, and must not for the undoing. */
export async function updateMenu(ui: Ui, host: Host): Promise<void> {
  const { t, say } = ui.texts;
  const title = t('update.title');
  const { version, buildId: build } = host.release;
  if (!host.data.ready) return ui.show(title, t('update.noData', { version, build }));
  let status = '';
  const known = await ui.work(title, async () => {
    status = say(statusText(await commandLine(host, ['upgrade', 'status', '--json'])));
  });
  if (!known) return;
  const choices = [
    { label: t('update.undo'), value: 'undo' as const },
    { label: t('update.again'), value: 'again' as const },
  ];
  const act = await ui.choose(title, choices, t('update.text', { version, build, status }));
  if (!act) return;
  if (!(await ui.confirm(title, t(act === 'undo' ? 'update.undoSure' : 'update.againSure')))) return;
  let said: Text = '';
  const done = await ui.work(title, async () => {
    await host.exec('systemctl', ['stop', 'dialtone.service'], { timeout: 60_000 });
    said = await carryOut(host, act).catch(told);
  });
  if (!done) return;
  await host.deeds.record(act === 'undo' ? 'upgrade.undo' : 'upgrade.redo', 'machine', { said: inEnglish(said) });
  await ui.show(title, say(said));
  if (act === 'again') await ui.work(title, () => restartService(host.exec, 'dialtone'));
}
