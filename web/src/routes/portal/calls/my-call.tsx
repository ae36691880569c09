import { PhoneIncoming, PhoneMissed, PhoneOutgoing } from 'lucide-react';
import { useMemo } from 'react';
import type { Schema } from '#app/api/types.ts';
import { CallCost } from '#app/components/calls/calls-list.tsx';
import { OutcomeBadge } from '#app/components/calls/sip-status.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { When } from '#app/components/when.tsx';
import { useT } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { type Me, useSession } from '#app/session/session.ts';

type CallRow = Schema<'CallRow'>;

/** Seen from the own phone: who made the call. */
const isOutgoing = (call: CallRow, me: Me | null): boolean => call.fromSubscriberId !== null && call.fromSubscriberId === me?.subscriberId;

/** Number and name of whom one talked with. */
export const otherSide = (call: CallRow, me: Me | null): string =>
  (isOutgoing(call, me) ? [call.dialled, call.toName ?? call.destination] : [call.from, call.fromName]).filter(Boolean).join(' · ');

export function MyCallIcon({ call, me }: { call: CallRow; me: Me | null }) {
  const t = useT();
  const outgoing = isOutgoing(call, me);
  const missed = call.missed && !outgoing;
  const Icon = missed ? PhoneMissed : outgoing ? PhoneOutgoing : PhoneIncoming;
  const name = t(missed ? 'call.missed' : outgoing ? 'my.out' : 'my.in');
  return (
    <span title={name} className="inline-flex shrink-0">
      <Icon className={missed ? 'size-4 text-bad' : 'size-4 text-muted'} aria-hidden />
      <span className="sr-only">{name}</span>
    </span>
  );
}

/** Columns of the own call list: one's own number in every row would say nothing. */
export function useMyCallColumns(): Column<CallRow>[] {
  const t = useT();
  const me = useSession();
  return useMemo(
    () => [
      {
        id: 'with',
        header: t('my.with'),
        cell: (row) => (
          <span className="inline-flex max-w-full items-center gap-2.5">
            <MyCallIcon call={row} me={me} />
            <span className="truncate font-medium">{otherSide(row, me)}</span>
          </span>
        ),
        csv: (row) => otherSide(row, me),
        width: 260,
        priority: 1,
      },
      {
        id: 'startedAt',
        header: t('call.when'),
        cell: (row) => <When at={row.startedAt} />,
        csv: (row) => row.startedAt,
        sort: 'startedAt',
        downFirst: true,
        width: 140,
        priority: 1,
      },
      {
        id: 'talkSeconds',
        header: t('call.talk'),
        cell: (row) => <span className="tnum">{row.answeredAt === null ? '–' : formatTalk(row.talkSeconds)}</span>,
        csv: (row) => String(row.talkSeconds),
        sort: 'talkSeconds',
        downFirst: true,
        width: 90,
        align: 'right',
        priority: 1,
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
        cell: (row) => <OutcomeBadge status={row.status} refusal={row.refusal} answered={row.answeredAt !== null} />,
        csv: (row) => `${row.status} ${row.reason}`,
        width: 210,
        priority: 2,
      },
    ],
    [t, me],
  );
}
