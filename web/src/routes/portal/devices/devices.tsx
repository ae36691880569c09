import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { DeviceGuide } from '#app/components/device/device-guide.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { CopyButton } from '#app/components/ui/copy-button.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { MyPhones } from '#app/routes/portal/devices/my-phones.tsx';

/** Phones online, set-up guides with the own values, the QR code, and a new SIP password. */
export function MyDevices() {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const settings = api.useQuery('get', '/api/v1/me/device-settings');
  const rotate = api.useMutation('post', '/api/v1/me/sip-password');
  const [password, setPassword] = useState<string | null>(null);

  const change = async () => {
    if (!(await ask({ title: t('my.rotateTitle'), text: t('subscriber.sipPasswordWarning'), action: t('my.rotate'), danger: true })))
      return;
    try {
      setPassword((await rotate.mutateAsync({})).sipPassword);
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  return (
    <>
      <PageHeader
        title={t('nav.myDevices')}
        text={t('my.devicesText')}
        actions={
          <Button icon={KeyRound} busy={rotate.isPending} onClick={() => void change()}>
            {t('my.rotate')}
          </Button>
        }
      />
      <div className="grid gap-5">
        {password && (
          <section aria-live="polite" className="rounded-lg border border-brass-bright bg-brass-soft px-5 py-4">
            <p className="font-semibold text-brass">{t('subscriber.shownOnce')}</p>
            <p className="mt-2 flex flex-wrap items-center gap-3">
              <code className="font-mono text-lg font-semibold break-all" data-testid="sip-password">
                {password}
              </code>
              <CopyButton text={password} name={t('device.sipPassword')} />
            </p>
          </section>
        )}
        <MyPhones here />
        <Card title={<span id="set-up">{t('device.setUp')}</span>} text={t('my.setUpText')}>
          {settings.data ? (
            <DeviceGuide
              settings={settings.data}
              sipPassword={password}
              createLink={async () => {
                const { data, error } = await http.POST('/api/v1/me/provisioning-links');
                if (!data) throw error;
                return data;
              }}
            />
          ) : settings.error ? (
            <LoadFailed message={problemText(settings.error, texts)} onRetry={() => void settings.refetch()} />
          ) : (
            <LoadingBlock />
          )}
        </Card>
      </div>
    </>
  );
}
