import type { Disk } from '../../../server/src/host/contract/index.ts';
import { describeContents, formatBytes } from '../data/disks.ts';
import type { Host } from '../host.ts';
import type { Choice, Ui } from './ui.ts';

type Act = () => Promise<void>;

/** The data disk: what there is, and what can be done while there is none. */
export async function diskMenu(ui: Ui, host: Host): Promise<void> {
  if (host.data.ready) return showDisk(ui, host);
  for (;;) {
    const { candidates, state, problem } = host.data;
    const choices: Choice<Act>[] = [
      ...candidates.map((c) => ({
        label: `Use ${c.device} (${c.model} ${c.serial}), made ${c.created.slice(0, 10)}, last used ${c.lastUsed?.slice(0, 16).replace('T', ' ') ?? 'unknown'}`,
        value: async () => void (await ui.work('Data disk', () => host.data.adopt(c.partuuid, c.device))),
      })),
      ...(state === 'damaged' ? [{ label: 'Repair the disk: what cannot be saved on it is lost', value: () => repair(ui, host) }] : []),
      { label: 'Look again', value: async () => void (await ui.work('Data disk', () => host.data.look())) },
      { label: 'New system: choose a disk for the data', value: () => newSystem(ui, host) },
      { label: 'Try without a disk (demo: a power loss erases all)', value: () => demo(ui, host) },
    ];
    const act = await ui.choose('Data disk', choices, problem || `State: ${state}`);
    if (!act) return;
    await act();
    if (host.data.ready) return;
  }
}

async function repair(ui: Ui, host: Host): Promise<void> {
  const text =
    'The file system is put right as far as it goes. Files that cannot be saved are lost: take a copy of the disk first, if you can, and have a backup ready. It can take an hour.\n\nRepair the disk?';
  if (await ui.confirm('Repair the disk', text)) await ui.work('Repair the disk', () => host.data.repair());
}

async function demo(ui: Ui, host: Host): Promise<void> {
  const text = 'Everything is kept in memory only. A power loss or reboot erases accounts, calls and settings.\n\nStart without a disk?';
  if (await ui.confirm('Try without a disk', text)) await ui.work('Try without a disk', () => host.data.demo());
}

function diskLabel(disk: Disk): string {
  const what = `${disk.device}  ${disk.model}  ${formatBytes(disk.size)}  ${disk.serial}`;
  return disk.refused === '' ? `${what}  ${describeContents(disk)}` : `${what}  (not possible: ${disk.refused})`;
}

async function newSystem(ui: Ui, host: Host): Promise<void> {
  const disks: Disk[] = [];
  if (!(await ui.work('New system', async () => disks.push(...(await host.data.disks()))))) return;
  const choices: Choice<{ disk: Disk; freeSpace: boolean }>[] = disks.flatMap((disk) => [
    ...(disk.freeSpace > 0
      ? [
          {
            label: `${disk.device}  free space behind Dialtone on the USB stick, ${formatBytes(disk.freeSpace)}`,
            value: { disk, freeSpace: true },
          },
        ]
      : []),
    { label: diskLabel(disk), value: { disk, freeSpace: false } },
  ]);
  if (choices.length === 0) return ui.show('New system', 'There is no disk in this machine.');
  const text =
    'A new, empty system is made on the disk you choose. To keep an existing installation, attach its disk and look again instead.';
  const chosen = await ui.choose('New system', choices, text);
  if (!chosen) return;
  const { disk, freeSpace } = chosen;
  if (!freeSpace && disk.refused !== '') return ui.show('New system', `${disk.device} cannot be used: ${disk.refused}.`);
  let confirm: string | undefined;
  if (freeSpace || disk.blank) {
    if (
      !(await ui.confirm(
        'New system',
        `${diskLabel(disk)}\n\nMake a new system ${freeSpace ? 'in the free space of this stick' : 'on this empty disk'}?`,
      ))
    )
      return;
  } else {
    const warning = `${diskLabel(disk)}\n\nThis disk is NOT empty. Everything on it will be erased for ever. To do that, type ${disk.confirm}.`;
    confirm = await ui.input('Erase the disk', warning, '', (v) =>
      v.toLowerCase() === disk.confirm.toLowerCase() ? undefined : `Type ${disk.confirm}, or press Esc.`,
    );
    if (confirm === undefined) return;
  }
  const { device } = disk;
  const done = await ui.work('New system', () =>
    host.data.prepare({ device, ...(confirm !== undefined && { confirm }), ...(freeSpace && { freeSpace }) }),
  );
  if (done && host.data.ready) {
    await ui.show('New system', 'The disk is ready and the server starts. The first screen shows the address and the set-up code.');
  }
}

async function showDisk(ui: Ui, host: Host): Promise<void> {
  const { disk, demo: isDemo, fsck, applianceId } = await host.state();
  if (isDemo || !disk)
    return ui.show(
      'Data disk',
      'Dialtone runs without a disk (demo). A power loss erases everything.\n\nTo keep data, reboot and choose a disk.',
    );
  const lines = [
    `Disk           ${disk.device} ${disk.model} ${disk.serial}`,
    `Size           ${formatBytes(disk.size)}, ${formatBytes(disk.free)} free`,
    `Partition      ${disk.partuuid ?? ''}`,
    `Installation   ${applianceId ?? ''}`,
    `Check at boot  ${fsck.outcome}${fsck.exitCode === null ? '' : ` (code ${fsck.exitCode})`}`,
    fsck.summary,
  ];
  await ui.show('Data disk', lines.join('\n'));
}
