import type { ReactNode } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Money } from '#app/components/money.tsx';
import { ButtonLink } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { isZero, lesserAmount } from '#app/lib/money.ts';
import { GoodFor } from '#app/routes/portal/home/good-for.tsx';
import { BalanceNews, useMyBalance } from '#app/routes/portal/my-balance.tsx';

/** The balance, what of it can be used, and how long that lasts. */
export function BalanceCard() {
  const texts = useTexts();
  const { t } = texts;
  const { query, news } = useMyBalance();
  const abroad = api.useQuery('get', '/api/v1/me/permissions').data?.abroad;
  const own = query.data;
  return (
    <Card
      title={t('money.balance')}
      actions={
        <ButtonLink size="sm" look="quiet" to="/my/ledger">
          {t('my.movements')}
        </ButtonLink>
      }
    >
      <BalanceNews news={news} />
      {own ? (
        <>
          <p className="font-display text-4xl font-semibold" data-testid="balance">
            <Money value={own.balance} />
          </p>
          <dl className="mt-3 flex flex-wrap gap-x-7 gap-y-2">
            <Part name={t('money.available')}>
              <Money value={own.available} className="font-medium" />
            </Part>
            {!isZero(own.held) && (
              <Part name={t('money.heldNote')}>
                <Money value={own.held} className="font-medium" />
              </Part>
            )}
            {own.kind === 'postpaid' && (
              <Part name={t('money.creditLimit')}>
                <Money value={own.creditLimit} className="font-medium" />
              </Part>
            )}
            {own.dailyLeft !== null && abroad && (
              <Part name={t('my.leftToday')}>
                <Money value={own.dailyLeft} className="font-medium" />
              </Part>
            )}
          </dl>
          {abroad && <GoodFor available={own.dailyLeft === null ? own.available : lesserAmount(own.available, own.dailyLeft)} />}
        </>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={2} />
      )}
    </Card>
  );
}

const Part = ({ name, children }: { name: string; children: ReactNode }) => (
  <div>
    <dt className="text-xs text-muted">{name}</dt>
    <dd>{children}</dd>
  </div>
);
