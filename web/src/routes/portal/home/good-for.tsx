import { useState } from 'react';
import { Link } from 'react-router';
import { api } from '#app/api/client.ts';
import { Input } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatSpan } from '#app/lib/format.ts';
import { secondsFor } from '#app/lib/good-for.ts';
import { readSetting, writeSetting } from '#app/lib/storage.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';
import { useSession } from '#app/session/session.ts';

/** "Enough for about 3 h 20 min to Argentina": for the number called last abroad, or one that is typed here. */
export function GoodFor({ available }: { available: string }) {
  const { t, locale } = useTexts();
  const me = useSession();
  const setting = `goodFor.${me?.login ?? ''}`;
  const [number, setNumber] = useState(() => readSetting(setting) ?? '');
  const lastAbroad = api.useQuery('get', '/api/v1/me/calls', {
    params: { query: { direction: 'outbound', outcome: 'answered', pageSize: 1 } },
  }).data?.items[0]?.dialled;
  const still = useDebounced(number, 300).replace(/[^\d+]/g, '') || (lastAbroad ?? '').replace(/[^\d+]/g, '');
  const lookup = api.useQuery(
    'get',
    '/api/v1/me/rates/lookup',
    { params: { query: { number: still, seconds: 60 } } },
    { enabled: still.length > 1 },
  ).data;
  const rate = lookup?.refusal ? null : lookup?.rate;
  const seconds = rate ? secondsFor(available, rate) : undefined;

  return (
    <div className="mt-4 rounded-lg bg-sunken px-4 py-3">
      <p aria-live="polite">
        {rate && seconds === 'free' && t('my.goodForFree', { destination: rate.name || rate.prefix })}
        {rate &&
          typeof seconds === 'number' &&
          seconds > 0 &&
          t('my.goodFor', { time: formatSpan(seconds, locale), destination: rate.name || rate.prefix })}
        {rate && seconds === 0 && t('my.goodForNothing', { destination: rate.name || rate.prefix })}
        {!rate && (still.length > 1 && lookup ? t('my.noRate') : t('my.goodForAsk'))}
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-3">
        <Input
          className="w-56 tnum"
          inputMode="tel"
          aria-label={t('lookup.number')}
          placeholder={lastAbroad ?? '+44 20 7183 8750'}
          value={number}
          onChange={(event) => {
            setNumber(event.target.value);
            writeSetting(setting, event.target.value);
          }}
        />
        <Link
          to={`/my/rates${still ? `?number=${encodeURIComponent(still)}` : ''}`}
          className="inline-flex min-h-6 items-center text-primary underline underline-offset-4"
        >
          {t('my.details')}
        </Link>
      </div>
    </div>
  );
}
