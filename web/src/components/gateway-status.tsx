import type { Schema } from '#app/api/types.ts';
import { StatusLight, type Tone } from '#app/components/ui/badge.tsx';
import { useT } from '#app/i18n/index.ts';

const tones: Record<Schema<'GatewayStatus'>['state'], Tone> = { up: 'ok', down: 'bad', unknown: 'plain', disabled: 'plain' };

/** A gateway's lamp, with its word. */
export function GatewayLight({ status }: { status: Schema<'GatewayStatus'> }) {
  const t = useT();
  return <StatusLight tone={tones[status.state]}>{t(`gateway.state.${status.state}`)}</StatusLight>;
}
