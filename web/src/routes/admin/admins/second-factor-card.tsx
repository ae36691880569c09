import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { EnrolDialog } from '#app/routes/admin/admins/enrol-dialog.tsx';
import { ProofDialog } from '#app/routes/admin/admins/proof-dialog.tsx';
import { RecoveryCodesDialog } from '#app/routes/admin/admins/recovery-codes.tsx';

const FEW_CODES = 3;

type Open = 'enrol' | 'renew' | 'off' | { readonly codes: readonly string[] } | null;

/** The administrator's own second factor: whether it is on, and all he can do about it. */
export function SecondFactorCard() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const [open, setOpen] = useState<Open>(null);
  const query = api.useQuery('get', '/api/v1/me/second-factor');
  const factor = query.data;
  const changed = () =>
    Promise.all(['/api/v1/me/second-factor', '/api/v1/admins'].map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
  const close = () => setOpen(null);

  return (
    <Card title={t('factor.title')} text={t('factor.text')}>
      {!factor &&
        (query.error ? <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} /> : <LoadingBlock />)}
      {factor && !factor.on && (
        <div className="grid justify-items-start gap-4">
          <p>{t('factor.whatFor')}</p>
          <Button look="primary" onClick={() => setOpen('enrol')}>
            {t('factor.setUp')}
          </Button>
        </div>
      )}
      {factor?.on && (
        <div className="grid gap-4">
          <KeyValues
            rows={[
              [
                t('factor.column'),
                <Badge key="on" tone="ok">
                  {t('factor.on')}
                </Badge>,
              ],
              [t('factor.since'), <When key="since" at={factor.since} />],
              [
                t('factor.codesLeft'),
                <span key="left" className="tnum">
                  {factor.recoveryCodesLeft}
                </span>,
              ],
            ]}
          />
          {factor.recoveryCodesLeft <= FEW_CODES && <Notice tone="warn">{t('factor.fewCodes')}</Notice>}
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setOpen('renew')}>{t('factor.renew')}</Button>
            <Button look="danger-quiet" onClick={() => setOpen('off')}>
              {t('factor.switchOff')}
            </Button>
          </div>
        </div>
      )}
      {open === 'enrol' && (
        <EnrolDialog
          onClose={close}
          onDone={(codes) => {
            setOpen({ codes });
            void changed();
          }}
        />
      )}
      {open === 'renew' && (
        <ProofDialog
          title={t('factor.renew')}
          text={t('factor.renewText')}
          action={t('factor.renew')}
          onClose={close}
          send={async (body) => {
            const { data, error } = await http.POST('/api/v1/me/second-factor/recovery-codes', { body });
            if (!data) throw error;
            setOpen({ codes: data.recoveryCodes });
            void changed();
          }}
        />
      )}
      {open === 'off' && (
        <ProofDialog
          title={t('factor.offTitle')}
          text={t('factor.offText')}
          action={t('factor.switchOff')}
          danger
          onClose={close}
          send={async (body) => {
            const { error, response } = await http.POST('/api/v1/me/second-factor/off', { body });
            if (!response.ok) throw error;
            close();
            toast.success(t('factor.offDone'));
            void changed();
          }}
        />
      )}
      {open !== null && typeof open === 'object' && <RecoveryCodesDialog codes={open.codes} onClose={close} />}
    </Card>
  );
}
