import type { InterfaceSettings, NetworkSettings, NetworkView } from './contract/index.ts';

const settingsOf = (settings: NetworkSettings, name: string): InterfaceSettings | undefined =>
  settings.interfaces.find((one) => one.name === name);

const withoutPrefix = (address: string): string => address.split('/')[0] ?? address;

/**
 * From which addresses a change must be confirmed: when it changes the interface through which the administrator works, only a request that
 * arrives at the new address proves that he still reaches the machine.
 * @param before what was set and in use
 * @param reachedAt address of this machine that the administrator's request came to
 * @param addresses the static addresses after the change
 * @returns empty when any address will do
 */
export function confirmFrom(
  before: NetworkView,
  after: NetworkSettings,
  reachedAt: string,
  addresses: readonly string[],
): readonly string[] {
  const own = before.status.find((one) => one.addresses.some((address) => withoutPrefix(address) === reachedAt));
  if (!own) return addresses;
  const changed = JSON.stringify(settingsOf(before.settings, own.name)) !== JSON.stringify(settingsOf(after, own.name));
  const stays = (settingsOf(after, own.name)?.addresses ?? []).some((address) => withoutPrefix(address) === reachedAt);
  return changed && !stays ? addresses : [];
}
