import type { Schema } from '#app/api/types.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatCount } from '#app/lib/format.ts';

type Media = Schema<'MediaFigures'>;

/** What carries the sound: a card for each engine that relays, and one for the services that answer. */
export function MediaCards({ media: { relays, services } }: { media: Media }) {
  return (
    <>
      {relays.map((relay, index) => (
        // Of one name there may be several: one for new calls, and others that end with their last call.
        <RelayCard key={String(index)} relay={relay} />
      ))}
      <ServicesCard services={services} />
    </>
  );
}

function RelayCard({ relay }: { relay: Media['relays'][number] }) {
  const { t } = useTexts();
  const { count, ports } = useFigures();
  return (
    <Card
      title={t(`monitor.relay.${relay.name}`)}
      actions={
        <span className="flex flex-wrap gap-1.5">
          {relay.chosen && <Badge tone="info">{t('monitor.media.chosen')}</Badge>}
          <Health healthy={relay.healthy} />
        </span>
      }
    >
      <KeyValues
        rows={[
          ...relay.nodes.map(
            ({ address, healthy }) =>
              [
                <span key={address} className="break-all">
                  {address}
                </span>,
                <Badge key={address} tone={healthy ? 'ok' : 'bad'}>
                  {t(healthy ? 'monitor.media.answers' : 'monitor.media.silent')}
                </Badge>,
              ] as const,
          ),
          [t('monitor.media.calls'), count(relay.sessions)],
          relay.ports > 0 && ([t('monitor.media.ports'), ports(relay)] as const),
          [t('monitor.media.packets'), count(relay.packets)],
          relay.ports > 0 && ([t('monitor.media.strangers'), count(relay.strangers)] as const),
          [t('monitor.media.losses'), count(relay.losses)],
        ]}
      />
    </Card>
  );
}

function ServicesCard({ services }: { services: Media['services'] }) {
  const { t } = useTexts();
  const { count, ports } = useFigures();
  return (
    <Card title={t('monitor.services')} actions={<Health healthy={services.healthy} />}>
      <KeyValues
        rows={[
          [t('monitor.media.calls'), count(services.endpoints)],
          [t('monitor.media.rooms'), count(services.rooms)],
          [t('monitor.media.ports'), ports(services)],
          [t('monitor.media.packetsIn'), count(services.packetsIn)],
          [t('monitor.media.packetsOut'), count(services.packetsOut)],
          [t('monitor.media.dropped'), count(services.dropped)],
          [t('monitor.media.concealed'), count(services.concealed)],
          [t('monitor.media.losses'), count(services.losses)],
        ]}
      />
    </Card>
  );
}

function Health({ healthy }: { healthy: boolean }) {
  const { t } = useTexts();
  return <Badge tone={healthy ? 'ok' : 'bad'}>{t(healthy ? 'monitor.media.lives' : 'monitor.media.down')}</Badge>;
}

function useFigures() {
  const { t, locale } = useTexts();
  return {
    count: (n: number) => <span className="tnum">{formatCount(n, locale)}</span>,
    ports: ({ portsOpen, ports }: { portsOpen: number; ports: number }) => (
      <span className="tnum">
        {t('monitor.media.portsOf', { open: formatCount(portsOpen, locale), ports: formatCount(ports, locale) })}
      </span>
    ),
  };
}
