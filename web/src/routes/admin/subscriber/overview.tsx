import { Pencil } from 'lucide-react';
import { Link } from 'react-router';
import { api } from '#app/api/client.ts';
import type { Schema } from '#app/api/types.ts';
import { languageNames } from '#app/components/choices.tsx';
import { Money } from '#app/components/money.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { When } from '#app/components/when.tsx';
import { useT } from '#app/i18n/index.ts';
import { SpokenLanguage } from '#app/routes/admin/subscriber/spoken-language.tsx';

export function Overview({ subscriber, onEdit }: { subscriber: Schema<'Subscriber'>; onEdit: () => void }) {
  const t = useT();
  const tariff = api.useQuery('get', '/api/v1/tariffs').data?.items.find((each) => each.id === subscriber.tariffId);
  return (
    <div className="grid gap-5 lg:grid-cols-2">
      <Card
        title={t('subscribers.person')}
        actions={
          <Button size="sm" icon={Pencil} onClick={onEdit}>
            {t('ui.edit')}
          </Button>
        }
      >
        <KeyValues
          rows={[
            [
              t('subscriber.number'),
              <span key="n" className="tnum">
                {subscriber.number}
              </span>,
            ],
            [t('subscriber.name'), subscriber.displayName || '–'],
            [t('subscriber.email'), subscriber.email ?? '–'],
            [t('shell.language'), languageNames[subscriber.language]],
            [t('prompts.spoken'), <SpokenLanguage key="v" subscriber={subscriber} />],
            [t('subscriber.since'), <When key="s" at={subscriber.createdAt} />],
            [t('subscriber.lastCall'), <When key="l" at={subscriber.lastCallAt} />],
            [t('subscriber.pages'), t(subscriber.hasPortalPassword ? 'subscriber.ownPassword' : 'subscriber.sipOpensPages')],
          ]}
        />
      </Card>
      <Card title={t('subscriber.terms')}>
        <KeyValues
          rows={[
            [
              t('rate.tariff'),
              <Link
                key="t"
                to={`/admin/rates/${subscriber.tariffId}`}
                className="inline-flex min-h-6 items-center text-primary hover:underline"
              >
                {tariff?.name ?? subscriber.tariffId}
              </Link>,
            ],
            [t('money.kind'), t(`money.kind.${subscriber.kind}`)],
            subscriber.kind === 'postpaid' && [t('money.creditLimit'), <Money key="c" value={subscriber.creditLimit} />],
            [t('money.dailyCap'), subscriber.dailyCap === null ? t('ui.none') : <Money key="d" value={subscriber.dailyCap} />],
            [t('subscriber.maxCalls'), subscriber.maxCalls],
            [t('subscriber.callerId'), subscriber.callerId ?? '–'],
            [t('subscriber.recorded'), t(subscriber.recordCalls ? 'ui.yes' : 'ui.no')],
            [
              t('subscriber.groups'),
              <span key="g" className="flex flex-wrap gap-1.5">
                {subscriber.groups.map((group) => (
                  <Badge key={group}>{t(`group.${group}`)}</Badge>
                ))}
                {subscriber.groups.length === 0 && t('ui.none')}
              </span>,
            ],
            [t('nav.numbers'), subscriber.numbers.length === 0 ? t('ui.none') : subscriber.numbers.map((each) => each.number).join(', ')],
          ]}
        />
      </Card>
    </div>
  );
}
