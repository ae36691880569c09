import type { Gateway } from '../directory/types.ts';
import { prefixMatch } from './dial-plan.ts';

export interface GatewayChoice {
  /** In the order they are tried. */
  readonly chosen: readonly Gateway[];
  /** They serve the number, yet all their lines are taken. */
  readonly busy: readonly Gateway[];
  /** Those of the chosen that failed lately or are down: last, after all others. */
  readonly avoided: readonly Gateway[];
}

/** Are all its lines taken? One count for both directions. */
export const isFull = ({ id, maxCalls }: Gateway, calls: (gatewayId: number) => number): boolean =>
  maxCalls !== null && calls(id) >= maxCalls;

/**
 * The gateways for a number: longest prefix first, then lowest priority value. One that timed out or answered 503 lately comes after all
 * others (O-125): it is tried when nothing else is left.
 */
export function chooseGateways(
  e164: string,
  gateways: readonly Gateway[],
  calls: (gatewayId: number) => number,
  healthy: (gatewayId: number) => boolean,
): GatewayChoice {
  const serving = gateways
    .filter((gateway) => gateway.enabled)
    .map((gateway) => ({ gateway, length: prefixMatch(gateway.prefix, e164) }))
    .filter(({ length }) => length >= 0)
    .sort((a, b) => b.length - a.length || a.gateway.priority - b.gateway.priority || a.gateway.id - b.gateway.id)
    .map(({ gateway }) => gateway);
  const busy = serving.filter((gateway) => isFull(gateway, calls));
  const free = serving.filter((gateway) => !busy.includes(gateway));
  const well = free.filter((gateway) => healthy(gateway.id));
  const ill = free.filter((gateway) => !well.includes(gateway));
  return { chosen: [...well, ...ill], busy, avoided: well.length > 0 ? ill : [] };
}
