import { Badge, StatusLight, type Tone } from '#app/components/ui/badge.tsx';
import { useT } from '#app/i18n/index.ts';

const subscriberTones: Record<'active' | 'suspended' | 'closed', Tone> = { active: 'ok', suspended: 'warn', closed: 'plain' };

export function SubscriberStatus({ status }: { status: keyof typeof subscriberTones }) {
  const t = useT();
  return <Badge tone={subscriberTones[status]}>{t(`subscriber.status.${status}`)}</Badge>;
}

export function Online({ online }: { online: boolean }) {
  const t = useT();
  return (
    <StatusLight tone={online ? 'ok' : 'plain'}>
      <span className={online ? '' : 'text-muted'}>{t(online ? 'subscriber.online' : 'subscriber.offline')}</span>
    </StatusLight>
  );
}
