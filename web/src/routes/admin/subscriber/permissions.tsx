import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { GroupBoxes } from '#app/routes/admin/subscribers/group-boxes.tsx';

/** Which calls the subscriber may make. */
export function Permissions({ subscriber }: { subscriber: Schema<'Subscriber'> }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const save = api.useMutation('put', '/api/v1/subscribers/{id}/groups');
  const [groups, setGroups] = useState<readonly string[]>(subscriber.groups);
  const changed = [...groups].sort().join() !== [...subscriber.groups].sort().join();

  const submit = async () => {
    try {
      await save.mutateAsync({ params: { path: { id: subscriber.id } }, body: { groups: groups as Schema<'GroupList'>['groups'] } });
      toast.success(t('ui.saved'));
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}'] });
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  return (
    <Card title={t('subscriber.permissions')} text={t('subscribers.groupsText')} className="max-w-3xl">
      <div className="grid gap-5">
        <GroupBoxes value={groups} onChange={setGroups} disabled={subscriber.status === 'closed'} />
        {groups.includes('free-pstn') && <Notice tone="warn">{t('subscriber.freePstnWarning')}</Notice>}
        <div>
          <Button look="primary" disabled={!changed} busy={save.isPending} onClick={() => void submit()}>
            {t('ui.save')}
          </Button>
        </div>
      </div>
    </Card>
  );
}
