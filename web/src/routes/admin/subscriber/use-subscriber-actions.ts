import { useQueryClient } from '@tanstack/react-query';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What the buttons of a subscriber's page do; each asks first where it hurts. */
export function useSubscriberActions(subscriber: Schema<'Subscriber'>) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const patch = api.useMutation('patch', '/api/v1/subscribers/{id}');
  const remove = api.useMutation('delete', '/api/v1/subscribers/{id}');
  const path = { id: subscriber.id };
  const number = subscriber.number;

  const change = async (body: Schema<'SubscriberPatch'>, done: string) => {
    try {
      await patch.mutateAsync({ params: { path }, body });
      toast.success(done);
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}'] });
    } catch (error) {
      toast.error(problemText(error, texts));
    }
  };

  return {
    activate: () => change({ status: 'active' }, t('subscriber.activated')),
    liftLimits: () => change({ selfSignedUp: false }, t('subscriber.limitsLifted')),
    suspend: async () => {
      const yes = await ask({
        title: t('subscriber.suspendTitle', { number }),
        text: t('subscribers.suspendText'),
        action: t('subscribers.suspend'),
        danger: true,
      });
      if (yes) await change({ status: 'suspended' }, t('subscriber.suspended'));
    },
    /** @returns true when the account was closed */
    close: async (): Promise<boolean> => {
      const yes = await ask({
        title: t('subscriber.closeTitle', { number }),
        text: t('subscriber.closeText'),
        action: t('subscriber.close'),
        danger: true,
      });
      if (!yes) return false;
      try {
        await remove.mutateAsync({ params: { path } });
        toast.success(t('subscriber.closed'));
        await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers'] });
        return true;
      } catch (error) {
        toast.error(problemText(error, texts));
        return false;
      }
    },
  };
}
