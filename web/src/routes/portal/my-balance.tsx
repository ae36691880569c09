import { useEffect, useRef, useState } from 'react';
import { api } from '#app/api/client.ts';
import { useMoney } from '#app/components/money.tsx';
import { useT } from '#app/i18n/index.ts';

/** The own balance, and the sentence that tells screen readers when it has changed (U-14). */
export function useMyBalance() {
  const t = useT();
  const money = useMoney();
  const query = api.useQuery('get', '/api/v1/me/balance');
  const balance = query.data?.balance;
  const before = useRef(balance);
  const [news, setNews] = useState('');
  useEffect(() => {
    if (balance !== undefined && before.current !== undefined && before.current !== balance)
      setNews(t('my.balanceNow', { balance: money(balance) }));
    before.current = balance;
  }, [balance, t, money]);
  return { query, news };
}

export const BalanceNews = ({ news }: { news: string }) => (
  <p role="status" aria-live="polite" className="sr-only">
    {news}
  </p>
);
