import { Tabs } from 'radix-ui';
import { type DeviceSettings, DeviceValues, portOf } from '#app/components/device/device-values.tsx';
import { type ProvisioningLink, QrPanel } from '#app/components/device/qr-panel.tsx';
import { type MessageKey, useT } from '#app/i18n/index.ts';

export interface DeviceGuideProps {
  settings: DeviceSettings;
  /** Known only at the moment it was made. */
  sipPassword?: string | null | undefined;
  firstLink?: ProvisioningLink | null | undefined;
  createLink: () => Promise<ProvisioningLink>;
}

const guides = [
  ['linphone', 'guide.linphone', ['guide.linphone1', 'guide.linphone2', 'guide.linphone3', 'guide.linphone4']],
  ['zoiper', 'guide.zoiper', ['guide.zoiper1', 'guide.zoiper2', 'guide.zoiper3', 'guide.zoiper4']],
  ['microsip', 'guide.microsip', ['guide.microsip1', 'guide.microsip2', 'guide.microsip3', 'guide.microsip4']],
  ['softphone', 'guide.softphone', ['guide.softphone1', 'guide.softphone2', 'guide.softphone3', 'guide.softphone4']],
  ['yealink', 'guide.yealink', ['guide.yealink1', 'guide.yealink2', 'guide.yealink3', 'guide.yealink4']],
  ['desk', 'guide.desk', ['guide.desk1', 'guide.desk2', 'guide.desk3', 'guide.desk4']],
  ['grandstream', 'guide.grandstream', ['guide.grandstream1', 'guide.grandstream2', 'guide.grandstream3', 'guide.grandstream4']],
  ['ata', 'guide.ata', ['guide.ata1', 'guide.ata2', 'guide.ata3', 'guide.ata4']],
] as const satisfies readonly (readonly [string, MessageKey, readonly MessageKey[]])[];

/** How to set a phone up, with the person's own values (M-54). */
export function DeviceGuide({ settings, sipPassword, firstLink, createLink }: DeviceGuideProps) {
  const t = useT();
  const values = {
    username: settings.username,
    domain: settings.domain,
    server: settings.server,
    port: portOf(settings),
    codecs: settings.codecs.join(', '),
    stun: settings.stunServer ?? t('guide.noStun'),
  };
  return (
    <div className="grid gap-8 lg:grid-cols-[1fr_15rem]">
      <div className="grid min-w-0 content-start gap-6">
        <DeviceValues settings={settings} sipPassword={sipPassword} />
        <Tabs.Root defaultValue="linphone">
          <Tabs.List aria-label={t('guide.title')} className="flex flex-wrap gap-1.5">
            {guides.map(([id, name]) => (
              <Tabs.Trigger
                key={id}
                value={id}
                className="h-8 rounded-full border border-edge/60 px-3.5 font-medium text-muted hover:text-ink data-[state=active]:border-primary data-[state=active]:bg-primary-soft data-[state=active]:text-primary"
              >
                {t(name)}
              </Tabs.Trigger>
            ))}
          </Tabs.List>
          {guides.map(([id, , steps]) => (
            <Tabs.Content key={id} value={id} className="pt-4">
              <ol className="grid list-decimal gap-2 pl-5 marker:text-brass">
                {steps.map((step) => (
                  <li key={step} className="pl-1">
                    {t(step, values)}
                  </li>
                ))}
              </ol>
            </Tabs.Content>
          ))}
        </Tabs.Root>
      </div>
      <QrPanel first={firstLink} create={createLink} />
    </div>
  );
}
