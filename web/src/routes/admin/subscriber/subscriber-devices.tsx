import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { DeviceGuide } from '#app/components/device/device-guide.tsx';
import { RegistrationList } from '#app/components/device/registration-list.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** Phones that are registered now, and how to set up another. */
export function SubscriberDevices({ subscriber }: { subscriber: Schema<'Subscriber'> }) {
  const texts = useTexts();
  const { t } = texts;
  const path = { id: subscriber.id };
  const registrations = api.useQuery('get', '/api/v1/registrations', { params: { query: { subscriberId: subscriber.id, pageSize: 50 } } });
  const settings = api.useQuery('get', '/api/v1/subscribers/{id}/device-settings', { params: { path } });
  return (
    <div className="grid gap-5">
      <Card title={t('device.onlineNow')}>
        {registrations.data ? (
          <RegistrationList items={registrations.data.items} removable />
        ) : registrations.error ? (
          <LoadFailed message={problemText(registrations.error, texts)} onRetry={() => void registrations.refetch()} />
        ) : (
          <LoadingBlock />
        )}
      </Card>
      <Card title={t('device.setUp')}>
        {settings.data ? (
          <DeviceGuide
            settings={settings.data}
            createLink={async () => {
              const { data, error } = await http.POST('/api/v1/subscribers/{id}/provisioning-links', { params: { path } });
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
  );
}
