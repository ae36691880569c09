import type { components } from '#app/api/schema.gen.ts';
import { KeyValues } from '#app/components/ui/card.tsx';
import { CopyValue } from '#app/components/ui/copy-button.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatSpan } from '#app/lib/format.ts';

export type DeviceSettings = components['schemas']['DeviceSettings'];

/** The one line a phone would like best: TCP, else what there is. */
export const portOf = (settings: DeviceSettings): string =>
  String((settings.listeners.find((each) => each.transport === 'udp') ?? settings.listeners[0])?.port ?? 5060);

/** Everything a person types into a phone, with his own values. */
export function DeviceValues({ settings, sipPassword }: { settings: DeviceSettings; sipPassword?: string | null | undefined }) {
  const { t, locale } = useTexts();
  const value = (name: string, text: string) => [name, <CopyValue key={name} value={text} name={name} />] as const;
  return (
    <KeyValues
      className="grid-cols-1 gap-y-0.5 sm:grid-cols-[minmax(9rem,auto)_1fr] sm:items-center sm:gap-y-1 sm:[&_dd]:min-h-8 sm:[&_dd]:content-center"
      rows={[
        value(t('device.username'), settings.username),
        sipPassword
          ? value(t('device.sipPassword'), sipPassword)
          : [t('device.sipPassword'), <span key="p">{t('device.passwordKept')}</span>],
        value(t('device.domain'), settings.domain),
        settings.server !== settings.domain && value(t('device.server'), settings.server),
        settings.authUsername !== settings.username && value(t('device.authUsername'), settings.authUsername),
        [
          t('device.transports'),
          <span key="t" className="tnum">
            {settings.listeners.map((each) => `${each.transport.toUpperCase()} ${each.port}`).join(', ')}
          </span>,
        ],
        settings.stunServer !== null && value(t('device.stun'), settings.stunServer),
        [t('device.codecs'), settings.codecs.join(', ')],
        [t('device.expires'), `${settings.registerExpires} s (${formatSpan(settings.registerExpires, locale)})`],
        value(t('device.uri'), settings.sipUri),
      ]}
    />
  );
}
