import type { Schema } from '#app/api/types.ts';
import { Money } from '#app/components/money.tsx';
import { StepList } from '#app/components/step-list.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatSpan } from '#app/lib/format.ts';

/** "A call of 3 min costs 0.036": the result, and the way to it. */
export function PriceExample({ example, open = false }: { example: Schema<'PriceExample'>; open?: boolean }) {
  const { t, locale } = useTexts();
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <span className="text-muted">{t('rate.exampleFor', { time: formatSpan(example.seconds, locale) })}</span>
        <Money value={example.cost} className="font-display text-lg font-semibold" />
      </p>
      <details className="mt-1" open={open}>
        <summary className="inline-flex min-h-6 items-center text-sm text-primary">{t('rate.stepByStep')}</summary>
        <div className="mt-2">
          <StepList steps={example.steps} kind="price" />
        </div>
      </details>
    </div>
  );
}
