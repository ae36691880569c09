import { useQueryClient } from '@tanstack/react-query';
import { DatabaseBackup } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatWhen } from '#app/lib/format.ts';
import { ArchiveList } from '#app/routes/admin/backups/archive-list.tsx';
import { PassphraseDialog } from '#app/routes/admin/backups/passphrase-dialog.tsx';
import { PlanForm } from '#app/routes/admin/backups/plan-form.tsx';
import { RestorePanel } from '#app/routes/admin/backups/restore-panel.tsx';

type Plan = Schema<'BackupPlan'>;
const planKey = ['get', '/api/v1/backups/plan'] as const;
const nameOf = ({ label, uuid, host, path }: Plan['place']): string => label || host || path || uuid || '';

/** Encrypted backups: what there is, when and where they are made, and the way back. */
export function Backups() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const query = api.useQuery('get', '/api/v1/backups/plan', {}, { refetchInterval: (q) => (q.state.data?.running ? 1000 : false) });
  const make = api.useMutation('post', '/api/v1/backups/archives');
  const [choosing, setChoosing] = useState(false);
  const plan = query.data;
  const running = plan?.running === true;

  // What was being made is in the list now.
  useEffect(() => {
    if (!running) void client.invalidateQueries({ queryKey: ['get', '/api/v1/backups/archives'] });
  }, [running, client]);

  const start = async () => {
    try {
      client.setQueryData([...planKey, {}], await make.mutateAsync({}));
    } catch (error) {
      toast.error(problemText(error, texts));
    }
    await client.invalidateQueries({ queryKey: planKey });
  };
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: planKey });
    await client.invalidateQueries({ queryKey: ['get', '/api/v1/backups/archives'] });
  };
  if (!plan)
    return (
      <>
        <PageHeader title={t('nav.backups')} text={t('bk.text')} />
        {query.error ? (
          <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
        ) : (
          <LoadingBlock lines={10} />
        )}
      </>
    );
  const button = plan.passphrase && (
    <Button look="primary" icon={DatabaseBackup} busy={running || make.isPending} onClick={() => void start()}>
      {t('bk.make')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('nav.backups')} text={t('bk.text')} />
      <div className="grid max-w-5xl gap-5">
        <PassphraseState plan={plan} onChoose={() => setChoosing(true)} />
        {plan.progress && (
          <div className="grid gap-2" aria-live="polite">
            <p>{t(`bk.${plan.progress.stage}`)}</p>
            <ProgressBar label={t(`bk.${plan.progress.stage}`)} value={plan.progress.share} />
          </div>
        )}
        <ArchiveList where="here" title={t('bk.here')} make={button} />
        {plan.place.kind !== 'here' && <ArchiveList where="place" title={t('bk.at', { place: nameOf(plan.place) })} make={null} />}
        <PlanForm plan={plan} onSaved={refresh} />
        <Card title={t('bk.restore')} text={t('bk.restoreText')}>
          <RestorePanel />
        </Card>
      </div>
      {choosing && <PassphraseDialog onClose={() => setChoosing(false)} onSaved={refresh} />}
    </>
  );
}

function PassphraseState({ plan, onChoose }: { plan: Plan; onChoose: () => void }) {
  const { t, locale } = useTexts();
  if (!plan.passphrase)
    return (
      <Notice
        tone="warn"
        title={t('bk.noPassphraseTitle')}
        actions={
          <Button look="primary" onClick={onChoose}>
            {t('bk.choosePassphrase')}
          </Button>
        }
      >
        {t('bk.noPassphrase')}
      </Notice>
    );
  const { kind, since } = plan.passphrase;
  return (
    <Card
      title={t('bk.passphrase')}
      text={t(kind === 'typed' ? 'bk.passphraseTyped' : 'bk.passphraseKey', { when: formatWhen(since, locale) })}
      actions={
        <Button size="sm" onClick={onChoose}>
          {t('bk.changePassphrase')}
        </Button>
      }
    >
      <p className="text-xs text-muted">{t('bk.changeHint')}</p>
    </Card>
  );
}
