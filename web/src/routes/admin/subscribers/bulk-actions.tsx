import { useQueryClient } from '@tanstack/react-query';
import { Ban, CircleCheck, Globe, Lock } from 'lucide-react';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import type { Selection } from '#app/components/table/selection.ts';
import { Button } from '#app/components/ui/button.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { Menu, MenuItem } from '#app/components/ui/menu.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

type Action = Omit<Schema<'SubscriberBulkAction'>, 'ids'>;

/** What can be done to many subscribers at once. All of them change, or none. */
export function BulkActions({ selection }: { selection: Selection }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const change = api.useMutation('post', '/api/v1/subscribers/bulk');
  const count = selection.keys.size;

  const run = async (action: Action, question?: { title: string; text: string; action: string }) => {
    if (question && !(await ask({ ...question, danger: true }))) return;
    try {
      const { changed } = await change.mutateAsync({ body: { ids: [...selection.keys], ...action } });
      toast.success(t('subscribers.changed', { count: changed }));
      selection.clear();
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  return (
    <Menu
      trigger={
        <Button size="sm" busy={change.isPending}>
          {t('subscribers.bulk')}
        </Button>
      }
    >
      <MenuItem icon={Globe} onSelect={() => void run({ action: 'grant', group: 'int' })}>
        {t('subscribers.allowAbroad')}
      </MenuItem>
      <MenuItem icon={Lock} onSelect={() => void run({ action: 'revoke', group: 'int' })}>
        {t('subscribers.forbidAbroad')}
      </MenuItem>
      <MenuItem icon={CircleCheck} onSelect={() => void run({ action: 'activate' })}>
        {t('subscribers.activate')}
      </MenuItem>
      <MenuItem
        icon={Ban}
        danger
        onSelect={() =>
          void run(
            { action: 'suspend' },
            { title: t('subscribers.suspendTitle', { count }), text: t('subscribers.suspendText'), action: t('subscribers.suspend') },
          )
        }
      >
        {t('subscribers.suspend')}
      </MenuItem>
    </Menu>
  );
}
