import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount } from '#app/lib/format.ts';
import { TypedDialog } from '#app/routes/admin/system/typed-dialog.tsx';
import type { PowerActions } from '#app/routes/admin/system/use-power.ts';

type Status = Schema<'UpgradeStatus'>;
type Undoable = { upgrade: NonNullable<Status['upgrade']>; lost: NonNullable<Status['lost']> };

/** The last upgrade, and the way back: what it would cost is said before it is done. */
export function UpgradeCard({ power }: { power: PowerActions }) {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/upgrade');
  const [undoing, setUndoing] = useState<Undoable | null>(null);
  const status = query.data;
  const { upgrade = null, lost = null } = status ?? {};

  const openUndo = async () => {
    // What would be lost is counted anew: calls have come in since.
    const { data } = await query.refetch();
    if (data?.upgrade && data.lost) setUndoing({ upgrade: data.upgrade, lost: data.lost });
  };
  return (
    <Card
      title={t('upgrade.title')}
      actions={
        upgrade && (
          <Button size="sm" look="danger-quiet" icon={Undo2} onClick={() => void openUndo()}>
            {t('upgrade.undo')}
          </Button>
        )
      }
    >
      {status ? (
        <>
          {upgrade && lost ? (
            <KeyValues
              rows={[
                [t('upgrade.last'), t('upgrade.fromTo', { from: upgrade.from, to: upgrade.to })],
                [t('upgrade.at'), <When key="w" at={upgrade.at} />],
                [t('upgrade.since'), <Losses key="l" lost={lost} />],
              ]}
            />
          ) : (
            <p>{t('upgrade.none', { version: status.version })}</p>
          )}
          <p className="mt-3 text-xs text-muted">{t('upgrade.how')}</p>
        </>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock />
      )}
      {undoing && (
        <TypedDialog
          title={t('upgrade.undoTitle', { from: undoing.upgrade.from })}
          word={undoing.upgrade.from}
          label={t('upgrade.typeVersion', { from: undoing.upgrade.from })}
          action={t('upgrade.undo')}
          onClose={() => setUndoing(null)}
          act={async (confirm) => {
            const { error, response } = await http.POST('/api/v1/upgrade/undo', { body: { confirm } });
            if (!response.ok) throw error;
            setUndoing(null);
            power.setGoing('undo');
          }}
        >
          <p>{t('upgrade.undoText')}</p>
          <p className="mt-3 font-medium text-bad">{t('upgrade.lost')}</p>
          <Losses lost={undoing.lost} />
        </TypedDialog>
      )}
    </Card>
  );
}

function Losses({ lost }: { lost: Undoable['lost'] }) {
  const { t, locale } = useTexts();
  const rows = [
    ['calls', lost.calls],
    ['ledgerEntries', lost.ledgerEntries],
    ['subscribers', lost.subscribers],
  ] as const;
  return (
    <ul>
      {rows.map(([what, count]) => (
        <li key={what} className="tnum">
          {t(`upgrade.lost.${what}`, { count, number: formatCount(count, locale) })}
        </li>
      ))}
    </ul>
  );
}
