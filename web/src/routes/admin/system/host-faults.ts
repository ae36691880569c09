import type { MessageKey } from '#app/i18n/index.ts';
import type { HostState } from '#app/routes/admin/system/use-host.ts';

interface Found {
  tone: 'warn' | 'bad';
  title: MessageKey;
  text: MessageKey;
}

/** What is not as it should be with the machine: for the first page of administrators. */
export function hostFaults(state: HostState, time: { synchronised: boolean; beforeBuild: boolean } | undefined): Found[] {
  const found: Found[] = [];
  if (state.fsck.outcome === 'repaired') found.push({ tone: 'warn', title: 'hostFault.repaired', text: 'hostFault.repairedText' });
  if (state.disk?.onBootMedium) found.push({ tone: 'warn', title: 'machine.onStickTitle', text: 'machine.onStickText' });
  if (time?.beforeBuild) found.push({ tone: 'bad', title: 'hostFault.clock', text: 'time.beforeBuild' });
  else if (time && !time.synchronised) found.push({ tone: 'warn', title: 'hostFault.clock', text: 'hostFault.clockText' });
  return found;
}
