import { useMoney } from '#app/components/money.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount, formatDateTime, formatSpan } from '#app/lib/format.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

export interface Step {
  code: string;
  params: Record<string, string | number>;
}

const moneyNames = new Set(['pricePerMinute', 'connectFee', 'cost', 'minCharge', 'maxCost', 'available', 'fee']);

/** Decisions in words, one below the other: how a call was priced, or why it went where it went. */
export function StepList({ steps, kind }: { steps: readonly Step[]; kind: 'price' | 'route' }) {
  const texts = useTexts();
  const { maybe, locale } = texts;
  const money = useMoney();

  const show = (name: string, value: string | number): string => {
    if (moneyNames.has(name) && /^-?\d+(\.\d{1,6})?$/.test(String(value))) return money(String(value));
    if (name === 'milliseconds') return formatCount(Number(value) / 1000, locale);
    if (name === 'description') return serverSentence(String(value), texts);
    if (name === 'effectiveFrom') return formatDateTime(new Date(value).toISOString(), locale);
    if (name === 'seconds' && kind === 'route') return formatSpan(Number(value), locale);
    return String(value);
  };
  const sentence = (step: Step): string => {
    const values: Record<string, string | number> = Object.fromEntries(
      Object.entries(step.params).map(([name, value]) => [name, show(name, value)]),
    );
    if (typeof step.params.phones === 'number') values.count = step.params.phones;
    if (step.code === 'refused' && typeof step.params.code === 'string') {
      const why = maybe(`refusal.${step.params.code}`);
      if (why) return `${why} (${values.status ?? ''}). ${maybe(`refusalDo.${step.params.code}`) ?? ''}`;
    }
    if (step.code === 'permitted') values.group = maybe(`group.${step.params.group}`) ?? String(step.params.group ?? '');
    const known = kind === 'price' ? maybe(`priceStep.${step.code}`, values) : maybe(`routeStep.${step.code}`, values);
    return known ?? `${step.code} ${Object.values(values).join(' ')}`;
  };

  return (
    <ol className="grid gap-0">
      {steps.map((step, index) => (
        // Steps have no identity but their place.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={`${index}-${step.code}`} className="relative flex gap-3 pb-3 last:pb-0">
          <span aria-hidden className="flex flex-col items-center">
            <span className="mt-1.5 size-2 shrink-0 rounded-full bg-brass-bright" />
            {index < steps.length - 1 && <span className="mt-1 -mb-4 w-px flex-1 bg-line" />}
          </span>
          <span className={step.code === 'refused' ? 'font-medium text-bad' : ''}>{sentence(step)}</span>
        </li>
      ))}
    </ol>
  );
}
