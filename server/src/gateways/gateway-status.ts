import type { ActiveCalls } from '../calls/active-calls.ts';
import type { GatewayMonitor } from '../calls/gateways/gateway-monitor.ts';
import { timeOf, timeOrNull } from '../http/index.ts';
import type { GatewayStatusDto } from './gateway.schemas.ts';

/** What a gateway is doing now, as the pages show it. */
export function gatewayStatusDto(
  gateway: { readonly id: number; readonly enabled: boolean },
  monitor: GatewayMonitor,
  calls: ActiveCalls,
  now = Date.now(),
): GatewayStatusDto {
  const status = monitor.status(gateway.id);
  const avoided = status.avoidedUntil !== null && status.avoidedUntil > now;
  return {
    state: gateway.enabled ? status.probe : 'disabled',
    registration: status.registration,
    rttMs: status.rttMs,
    avoidedUntil: avoided ? timeOrNull(status.avoidedUntil) : null,
    lastError: status.lastError === '' ? null : status.lastError,
    changedAt: status.changedAt === 0 ? null : timeOf(status.changedAt),
    activeCalls: calls.countOfGateway(gateway.id),
  };
}
