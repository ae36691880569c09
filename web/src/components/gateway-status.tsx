import type { Schema } from '#app/api/types.ts';
import { StatusLight, type Tone } from '#app/components/ui/badge.tsx';
import { type Translate, useT } from '#app/i18n/index.ts';

const tones: Record<Schema<'GatewayStatus'>['state'], Tone> = { up: 'ok', down: 'bad', unknown: 'plain', disabled: 'plain' };

/** A gateway's lamp, with its word. */
export function GatewayLight({ status }: { status: Schema<'GatewayStatus'> }) {
  const t = useT();
  return <StatusLight tone={tones[status.state]}>{t(`gateway.state.${status.state}`)}</StatusLight>;
}

/** Why a gateway does not work, in the reader's language where it is one of our own findings; what the other side said stays as it is. */
export function gatewayFault(fault: string, t: Translate): string {
  const answered = /^(OPTIONS|REGISTER) was answered with (\d{3})\b/.exec(fault);
  if (answered?.[1] && answered[2]) return t('gateway.faultAnswered', { method: answered[1], status: answered[2] });
  if (fault === 'no answer to OPTIONS') return t('gateway.faultSilent', { method: 'OPTIONS' });
  if (fault === 'no answer to a call') return t('gateway.faultCallSilent');
  if (fault === 'a call was answered with 503') return t('gateway.faultCall503');
  return fault;
}
