import { candidateFacts, type DescribedDisk, describeContents, formatBytes } from '../data/disks.ts';
import type { Host } from '../host.ts';
import type { Texts } from '../texts/texts.ts';
import type { Choice, Ui } from './ui.ts';

type Act = () => Promise<void>;

/** The data disk: what there is, and what can be done while there is none. */
export async function diskMenu(ui: Ui, host: Host): Promise<void> {
  if (host.data.ready) return showDisk(ui, host);
  const { t, say } = ui.texts;
  for (;;) {
    const { candidates, state, problem } = host.data;
    const choices: Choice<Act>[] = [
      ...candidates.map((c) => ({
        label: t('disk.use', candidateFacts(c, ui.texts)),
        value: async () => void (await ui.work(t('disk.title'), () => host.data.adopt(c.partuuid, c.device))),
      })),
      ...(state === 'damaged' ? [{ label: t('disk.repairEntry'), value: () => repair(ui, host) }] : []),
      { label: t('disk.lookAgain'), value: async () => void (await ui.work(t('disk.title'), () => host.data.look())) },
      { label: t('disk.newEntry'), value: () => newSystem(ui, host) },
      { label: t('disk.demoEntry'), value: () => demo(ui, host) },
    ];
    const act = await ui.choose(t('disk.title'), choices, problem ? say(problem) : t('disk.state', { state: t(`disk.state.${state}`) }));
    if (!act) return;
    await act();
    if (host.data.ready) return;
  }
}

async function repair(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  if (await ui.confirm(t('disk.repair'), t('disk.repairText'))) await ui.work(t('disk.repair'), () => host.data.repair());
}

async function demo(ui: Ui, host: Host): Promise<void> {
  const { t } = ui.texts;
  if (await ui.confirm(t('disk.demo'), t('disk.demoText'))) await ui.work(t('disk.demo'), () => host.data.demo());
}

function diskLabel(disk: DescribedDisk, texts: Texts): string {
  const { t, say } = texts;
  const what = `${disk.device}  ${say(disk.model)}  ${formatBytes(disk.size, texts)}  ${disk.serial}`;
  return `${what}  ${disk.refused === '' ? describeContents(disk, texts) : t('disk.notPossible', { why: say(disk.refused) })}`;
}

async function newSystem(ui: Ui, host: Host): Promise<void> {
  const { texts } = ui;
  const { t, say } = texts;
  const title = t('disk.new');
  const disks: DescribedDisk[] = [];
  if (!(await ui.work(title, async () => disks.push(...(await host.data.disks()))))) return;
  const choices: Choice<{ disk: DescribedDisk; freeSpace: boolean }>[] = disks.flatMap((disk) => [
    ...(disk.freeSpace > 0
      ? [
          {
            label: t('disk.freeSpace', { device: disk.device, size: formatBytes(disk.freeSpace, texts) }),
            value: { disk, freeSpace: true },
          },
        ]
      : []),
    { label: diskLabel(disk, texts), value: { disk, freeSpace: false } },
  ]);
  if (choices.length === 0) return ui.show(title, t('disk.nothing'));
  const chosen = await ui.choose(title, choices, t('disk.newText'));
  if (!chosen) return;
  const { disk, freeSpace } = chosen;
  const { device } = disk;
  const label = diskLabel(disk, texts);
  if (!freeSpace && disk.refused !== '') return ui.show(title, t('refusal.diskRefused', { device, why: say(disk.refused) }));
  let confirm: string | undefined;
  if (freeSpace || disk.blank) {
    if (!(await ui.confirm(title, t(freeSpace ? 'disk.onFreeSpace' : 'disk.onBlank', { disk: label })))) return;
  } else {
    const warning = t('disk.eraseText', { disk: label, confirm: disk.confirm });
    confirm = await ui.input(t('disk.erase'), warning, '', (v) =>
      v.toLowerCase() === disk.confirm.toLowerCase() ? undefined : t('disk.eraseAgain', { confirm: disk.confirm }),
    );
    if (confirm === undefined) return;
  }
  const done = await ui.work(title, () =>
    host.data.prepare({ device, ...(confirm !== undefined && { confirm }), ...(freeSpace && { freeSpace }) }),
  );
  if (done && host.data.ready) {
    await ui.show(title, t('disk.made'));
  }
}

async function showDisk(ui: Ui, host: Host): Promise<void> {
  const { texts } = ui;
  const { t } = texts;
  const { disk, demo: isDemo, fsck, applianceId } = await host.state();
  if (isDemo || !disk) return ui.show(t('disk.title'), t('disk.isDemo'));
  const outcome = t(`disk.check.${fsck.outcome}`);
  const facts = t('disk.facts', {
    disk: `${disk.device} ${disk.model} ${disk.serial}`,
    size: t('disk.size', { size: formatBytes(disk.size, texts), free: formatBytes(disk.free, texts) }),
    partition: disk.partuuid ?? '',
    installation: applianceId ?? '',
    check: fsck.exitCode === null ? outcome : t('disk.exitCode', { outcome, code: fsck.exitCode }),
  });
  await ui.show(t('disk.title'), `${facts}\n${fsck.summary}`);
}
