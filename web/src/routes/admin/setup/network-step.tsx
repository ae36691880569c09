import { Button } from '#app/components/ui/button.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { Interfaces } from '#app/routes/admin/network/network.tsx';
import type { StepProps } from '#app/routes/admin/setup/steps.ts';

/** The network page itself: changes are on trial and go back by themselves. */
export function NetworkStep({ onDone }: StepProps) {
  const { t } = useTexts();
  return (
    <div className="grid gap-5">
      <Interfaces />
      <div>
        <Button look="primary" onClick={() => void onDone()}>
          {t('wizard.networkRight')}
        </Button>
      </div>
    </div>
  );
}
