import { Check } from 'lucide-react';
import type { Schema } from '#app/api/types.ts';
import { useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { isWizardStep, type WizardStep } from '#app/routes/admin/setup/steps.ts';

/** All steps, with what became of each; any can be chosen. On a telephone it is one line of numbers. */
export function StepList({
  steps,
  current,
  onChoose,
}: {
  steps: readonly Schema<'SetupStep'>[];
  current: WizardStep;
  onChoose: (step: WizardStep) => void;
}) {
  const { t } = useTexts();
  return (
    <ol aria-label={t('setup.steps')} className="flex flex-wrap gap-1 lg:grid">
      {steps.map(({ key, state }, index) => {
        if (!isWizardStep(key)) return null;
        const here = key === current;
        return (
          <li key={key}>
            <button
              type="button"
              aria-current={here ? 'step' : undefined}
              onClick={() => onChoose(key)}
              className={cn(
                'flex min-h-9 w-full items-center gap-2.5 rounded-md px-2 text-left hover:bg-sunken',
                here ? 'font-semibold' : 'text-muted',
              )}
            >
              <span
                className={cn(
                  'grid size-6 shrink-0 place-items-center rounded-full border text-xs font-semibold',
                  state === 'done' && 'border-primary bg-primary text-on-primary',
                  state !== 'done' && here && 'border-brass-bright bg-brass-soft text-brass',
                  state !== 'done' && !here && 'border-edge',
                )}
              >
                {state === 'done' ? <Check className="size-3.5" strokeWidth={3} aria-hidden /> : index + 1}
              </span>
              <span className="max-lg:sr-only">
                {t(`wizard.${key}`)}
                {state === 'skipped' && <span className="block text-2xs font-normal text-muted">{t('wizard.skipped')}</span>}
              </span>
              <span className="sr-only">{state === 'done' ? t('home.done') : state === 'skipped' ? t('wizard.skipped') : ''}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
