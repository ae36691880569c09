import { CircleCheck, CircleSlash, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { useMoney } from '#app/components/money.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What the account may do, what it may not do, and why, so that nobody learns it from a refused call. */
export function Limits() {
  const texts = useTexts();
  const { t } = texts;
  const money = useMoney();
  const query = api.useQuery('get', '/api/v1/me/permissions');
  const balance = api.useQuery('get', '/api/v1/me/balance').data;
  const may = query.data;
  return (
    <Card title={t('limits.title')}>
      {may ? (
        <ul className="grid gap-3">
          <Line icon={CircleCheck}>{t('limits.internal')}</Line>
          {may.abroadRefusal === null ? (
            <Line icon={CircleCheck}>{t(may.abroadFree ? 'limits.abroadFree' : 'limits.abroad')}</Line>
          ) : (
            <Line icon={CircleSlash} why={t(`limitsWhy.${may.abroadRefusal}`)} closed>
              {t('limits.noAbroad')}
            </Line>
          )}
          <Line icon={CircleCheck}>{t('limits.calls', { count: may.maxCalls })}</Line>
          {may.abroad && balance?.dailyCap != null && (
            <Line
              icon={CircleCheck}
              why={balance.dailyLeft === null ? undefined : t('limits.leftToday', { amount: money(balance.dailyLeft) })}
            >
              {t('limits.daily', { amount: money(balance.dailyCap) })}
            </Line>
          )}
        </ul>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={3} />
      )}
    </Card>
  );
}

interface LineProps {
  icon: LucideIcon;
  why?: string | undefined;
  closed?: boolean;
  children: ReactNode;
}

const Line = ({ icon: Icon, why, closed = false, children }: LineProps) => (
  <li className="flex gap-3">
    <Icon className={closed ? 'mt-0.5 size-4.5 shrink-0 text-warn' : 'mt-0.5 size-4.5 shrink-0 text-ok'} aria-hidden />
    <span className="min-w-0">
      <span className={closed ? 'font-semibold' : ''}>{children}</span>
      {why !== undefined && <span className="block text-muted">{why}</span>}
    </span>
  </li>
);
