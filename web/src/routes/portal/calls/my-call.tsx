import { PhoneIncoming, PhoneMissed, PhoneOutgoing, Voicemail } from 'lucide-react';
import { useMemo } from 'react';
import { Link } from 'react-router';
import type { Schema } from '#app/api/types.ts';
import { CallIcon, type CallRow, callResultColumns } from '#app/components/calls/calls-list.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { When } from '#app/components/when.tsx';
import { useT } from '#app/i18n/index.ts';
import { type Me, useSession } from '#app/session/session.ts';

export type MyCallRow = Schema<'MyCallRow'>;

/** Seen from the own phone: who made the call. */
const isOutgoing = (call: CallRow, me: Me | null): boolean => call.fromSubscriberId !== null && call.fromSubscriberId === me?.subscriberId;

/** Number and name of whom one talked with. */
export const otherSide = (call: CallRow, me: Me | null): string =>
  (isOutgoing(call, me) ? [call.dialled, call.toName ?? call.destination] : [call.from, call.fromName]).filter(Boolean).join(' · ');

export function MyCallIcon({ call, me }: { call: CallRow; me: Me | null }) {
  const t = useT();
  const outgoing = isOutgoing(call, me);
  const missed = call.missed && !outgoing;
  const icon = missed ? PhoneMissed : outgoing ? PhoneOutgoing : PhoneIncoming;
  return <CallIcon icon={icon} name={t(missed ? 'call.missed' : outgoing ? 'my.out' : 'my.in')} missed={missed} />;
}

/** Where a message was left: the way to hear it. */
export function LeftMessage({ id }: { id: number | null }) {
  const t = useT();
  if (id === null) return null;
  return (
    <Link
      to={`/my/voicemail?message=${id}`}
      onClick={(event) => event.stopPropagation()}
      title={t('call.leftMessage')}
      aria-label={t('call.listen')}
      className="relative z-10 inline-grid size-7 shrink-0 place-items-center rounded-md text-primary hover:bg-primary-soft"
    >
      <Voicemail className="size-4" aria-hidden />
    </Link>
  );
}

/** Columns of the own call list: one's own number in every row would say nothing. */
export function useMyCallColumns(): Column<MyCallRow>[] {
  const t = useT();
  const me = useSession();
  return useMemo<Column<MyCallRow>[]>(
    () => [
      {
        id: 'with',
        header: t('my.with'),
        cell: (row) => (
          <span className="inline-flex max-w-full items-center gap-2.5 align-middle">
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
      ...callResultColumns(t),
      {
        id: 'message',
        header: t('nav.voicemail'),
        cell: (row) => <LeftMessage id={row.voicemailMessageId} />,
        csv: (row) => (row.voicemailMessageId === null ? '' : t('call.leftMessage')),
        width: 90,
        priority: 1,
      },
    ],
    [t, me],
  );
}
