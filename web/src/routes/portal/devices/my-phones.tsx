import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { RegistrationList } from '#app/components/device/registration-list.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { EmptyState, LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** The phones that are registered now. */
export function MyPhones({ className, here = false }: { className?: string /** The guides stand on this very page. */; here?: boolean }) {
  const texts = useTexts();
  const { t } = texts;
  const devices = api.useQuery('get', '/api/v1/me/devices');
  const none = devices.data?.items.length === 0;
  return (
    <Card
      title={t('my.phones')}
      {...(className === undefined ? {} : { className })}
      actions={
        !here &&
        !none && (
          <ButtonLink size="sm" look="quiet" to="/my/devices">
            {t('device.setUp')}
          </ButtonLink>
        )
      }
    >
      {devices.data ? (
        none ? (
          <EmptyState
            title={t('device.noneOnline')}
            text={t('my.noPhonesText')}
            // On this very page the browser itself jumps to the guides and moves the focus there.
            action={
              <ButtonLink look="primary" to={here ? '#set-up' : '/my/devices'} reloadDocument={here}>
                {t('device.setUp')}
              </ButtonLink>
            }
          />
        ) : (
          <RegistrationList items={devices.data.items} />
        )
      ) : devices.error ? (
        <LoadFailed message={problemText(devices.error, texts)} onRetry={() => void devices.refetch()} />
      ) : (
        <LoadingBlock lines={2} />
      )}
    </Card>
  );
}
