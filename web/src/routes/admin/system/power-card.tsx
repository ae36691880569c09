import { Eraser, Power, RotateCw } from 'lucide-react';
import { useState } from 'react';
import { http } from '#app/api/client.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { TypedDialog } from '#app/routes/admin/system/typed-dialog.tsx';
import type { PowerActions } from '#app/routes/admin/system/use-power.ts';

const eraseWord = 'ERASE';

/** Restart, switch off, start all over. */
export function PowerCard({ power }: { power: PowerActions }) {
  const { t } = useTexts();
  const [erasing, setErasing] = useState(false);
  return (
    <Card title={t('power.title')} text={t('power.text')}>
      <div className="flex flex-wrap gap-2">
        <Button icon={RotateCw} onClick={() => void power.reboot()}>
          {t('power.reboot')}
        </Button>
        <Button icon={Power} onClick={() => void power.powerOff()}>
          {t('power.off')}
        </Button>
        <Button look="danger-quiet" icon={Eraser} onClick={() => setErasing(true)}>
          {t('power.erase')}
        </Button>
      </div>
      {erasing && (
        <TypedDialog
          title={t('power.eraseTitle')}
          word={eraseWord}
          label={t('power.eraseType', { word: eraseWord })}
          action={t('power.erase')}
          onClose={() => setErasing(false)}
          act={async (confirm) => {
            const { error, response } = await http.POST('/api/v1/host/factory-reset', { body: { confirm } });
            if (!response.ok) throw error;
            setErasing(false);
            power.setGoing('erase');
          }}
        >
          {t('power.eraseText')}
        </TypedDialog>
      )}
    </Card>
  );
}
