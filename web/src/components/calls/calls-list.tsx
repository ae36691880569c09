import { type LucideIcon, PhoneIncoming, PhoneMissed, PhoneOutgoing, Users } from 'lucide-react';
import { useMemo } from 'react';
import type { Schema } from '#app/api/types.ts';
import { OutcomeBadge } from '#app/components/calls/sip-status.tsx';
import { Money } from '#app/components/money.tsx';
import { PersonLink } from '#app/components/person-link.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { When } from '#app/components/when.tsx';
import { type Translate, useT } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';

export type CallRow = Schema<'CallRow'>;

const icons = { internal: Users, outbound: PhoneOutgoing, inbound: PhoneIncoming };

/** A sign with its name for who cannot see it; a missed call is red. */
export function CallIcon({ icon: Icon, name, missed }: { icon: LucideIcon; name: string; missed: boolean }) {
  return (
    <span title={name} className="inline-flex shrink-0 items-center">
      <Icon className={missed ? 'size-4 text-bad' : 'size-4 text-muted'} aria-hidden />
      <span className="sr-only">{name}</span>
    </span>
  );
}

export function DirectionIcon({ direction, missed = false }: { direction: CallRow['direction']; missed?: boolean }) {
  const t = useT();
  const name = t(missed ? 'call.missed' : `call.direction.${direction}`);
  return <CallIcon icon={missed ? PhoneMissed : icons[direction]} name={name} missed={missed} />;
}

/** What a call cost; one nobody answered cost nothing and is not "free". */
export function CallCost({ call }: { call: Pick<CallRow, 'cost' | 'answeredAt'> }) {
  const t = useT();
  if (call.answeredAt === null) return <span className="text-faint">–</span>;
  return call.cost === null ? <span className="text-faint">{t('call.free')}</span> : <Money value={call.cost} />;
}

/** What became of a call, in every list of call records: the administrator's and the subscriber's own. */
export const callResultColumns = (t: Translate): Column<CallRow>[] => [
  {
    id: 'talkSeconds',
    header: t('call.talk'),
    cell: (row) => <span className="tnum">{row.answeredAt === null ? '–' : formatTalk(row.talkSeconds)}</span>,
    csv: (row) => String(row.talkSeconds),
    sort: 'talkSeconds',
    downFirst: true,
    width: 90,
    align: 'right',
    priority: 2,
  },
  {
    id: 'cost',
    header: t('call.cost'),
    cell: (row) => <CallCost call={row} />,
    csv: (row) => row.cost ?? '',
    sort: 'cost',
    downFirst: true,
    width: 110,
    align: 'right',
    priority: 1,
  },
  {
    id: 'status',
    header: t('call.outcome'),
    cell: (row) => <OutcomeBadge status={row.status} refusal={row.refusal} answered={row.answeredAt !== null} app={row.app} />,
    csv: (row) => `${row.status} ${row.reason}${row.app ? ` (${row.app})` : ''}`,
    width: 200,
    priority: 1,
  },
];

/** Columns of the administrator's lists of call records. */
export function useCallColumns(): Column<CallRow>[] {
  const t = useT();
  return useMemo(
    () => [
      {
        id: 'startedAt',
        header: t('call.when'),
        cell: (row) => (
          <span className="inline-flex items-center gap-2.5 align-middle">
            <DirectionIcon direction={row.direction} missed={row.missed} />
            <When at={row.startedAt} />
          </span>
        ),
        csv: (row) => row.startedAt,
        sort: 'startedAt',
        downFirst: true,
        width: 165,
        priority: 1,
      },
      {
        id: 'from',
        header: t('call.from'),
        cell: (row) => <PersonLink id={row.fromSubscriberId} text={row.fromName ? `${row.from} · ${row.fromName}` : row.from} admin />,
        csv: (row) => row.from,
        width: 170,
        priority: 1,
      },
      {
        id: 'dialled',
        header: t('call.to'),
        cell: (row) => <PersonLink id={row.toSubscriberId} text={row.toName ? `${row.dialled} · ${row.toName}` : row.dialled} admin />,
        csv: (row) => row.dialled,
        width: 170,
        priority: 1,
      },
      {
        id: 'destination',
        header: t('call.destination'),
        cell: (row) => row.destination ?? '–',
        csv: (row) => row.destination ?? '',
        width: 140,
        priority: 3,
      },
      {
        id: 'gateway',
        header: t('call.gateway'),
        cell: (row) => row.gatewayName ?? '–',
        csv: (row) => row.gatewayName ?? '',
        width: 120,
        priority: 3,
        off: true,
      },
      ...callResultColumns(t),
    ],
    [t],
  );
}
