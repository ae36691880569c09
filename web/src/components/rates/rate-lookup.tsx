import { Calculator } from 'lucide-react';
import { useId } from 'react';
import { useSearchParams } from 'react-router';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Money } from '#app/components/money.tsx';
import { PriceExample } from '#app/components/rates/price-example.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Input, Select } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatSpan } from '#app/lib/format.ts';
import { useDebounced } from '#app/lib/use-debounced.ts';

const lengths = [1, 30, 60, 180, 300, 600, 1800, 3600] as const;

export interface LookupAnswer {
  data: Schema<'RateLookup'> | undefined;
  error: unknown;
}

/** Type a number, see its price and a worked example. What is asked stands in the address (`number`, `seconds`). */
export function useLookupQuestion() {
  const [search, setSearch] = useSearchParams();
  const number = search.get('number') ?? '';
  const seconds = lengths.find((each) => String(each) === search.get('seconds')) ?? 180;
  const still = useDebounced(number, 250);
  const digits = still.replace(/[^\d+]/g, '');
  const set = (name: string, value: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true, preventScrollReset: true },
    );
  return { number, seconds, digits, ready: digits.replace('+', '').length > 0, set };
}

export function RateLookup({ question, answer }: { question: ReturnType<typeof useLookupQuestion>; answer: LookupAnswer }) {
  const texts = useTexts();
  const { t, locale } = texts;
  const id = useId();
  return (
    <div className="grid gap-4">
      <div className="grid gap-3 sm:grid-cols-[1fr_11rem]">
        <div className="grid gap-1.5">
          <label htmlFor={id} className="font-medium">
            {t('lookup.number')}
          </label>
          <Input
            id={id}
            value={question.number}
            onChange={(event) => question.set('number', event.target.value)}
            inputMode="tel"
            autoComplete="off"
            placeholder="+44 20 7183 8750"
            className="tnum"
            data-page-search
          />
        </div>
        <div className="grid gap-1.5">
          <label htmlFor={`${id}-length`} className="font-medium">
            {t('lookup.length')}
          </label>
          <Select id={`${id}-length`} value={question.seconds} onChange={(event) => question.set('seconds', event.target.value)}>
            {lengths.map((seconds) => (
              <option key={seconds} value={seconds}>
                {formatSpan(seconds, locale)}
              </option>
            ))}
          </Select>
        </div>
      </div>
      <div aria-live="polite">
        {!question.ready ? (
          <p className="flex items-center gap-2.5 text-muted">
            <Calculator className="size-5" aria-hidden />
            {t('lookup.hint')}
          </p>
        ) : answer.error ? (
          <Notice tone="bad">{problemText(answer.error, texts)}</Notice>
        ) : answer.data ? (
          <Answer lookup={answer.data} />
        ) : null}
      </div>
    </div>
  );
}

function Answer({ lookup }: { lookup: Schema<'RateLookup'> }) {
  const { t, maybe } = useTexts();
  const { rate, refusal, example } = lookup;
  if (!rate || refusal)
    return (
      <Notice tone="warn" title={maybe(`refusal.${refusal}`) ?? t('refusal.no-rate')}>
        {maybe(`lookup.${refusal ?? 'no-rate'}`) ?? ''}
      </Notice>
    );
  return (
    <div className="grid gap-4 md:grid-cols-2">
      <div>
        <p className="font-display text-2xl font-semibold">
          <Money value={rate.pricePerMinute} /> <span className="font-sans text-sm font-normal text-muted">{t('rate.perMinute')}</span>
        </p>
        <KeyValues
          className="mt-2 gap-y-1"
          rows={[
            [t('rate.destination'), `${rate.prefix} ${rate.name}`],
            [t('lookup.charged'), t('lookup.steps', { first: rate.firstIncrement, next: rate.nextIncrement })],
            [t('rate.connectFee'), <Money key="c" value={rate.connectFee} />],
            rate.freeSeconds > 0 && [t('rate.freeSeconds'), `${rate.freeSeconds} s`],
          ]}
        />
      </div>
      {example && <PriceExample example={example} open />}
    </div>
  );
}
