import { useMemo } from 'react';
import type { Schema } from '#app/api/types.ts';
import { Money } from '#app/components/money.tsx';
import type { Column } from '#app/components/table/columns.ts';
import { Badge, type Tone } from '#app/components/ui/badge.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';

export type LedgerEntry = Schema<'LedgerEntry'>;

const tones: Record<string, Tone> = { topup: 'ok', opening: 'info', adjust: 'warn', correction: 'warn' };

export function EntryType({ type }: { type: string }) {
  const { maybe } = useTexts();
  return <Badge tone={tones[type] ?? 'plain'}>{maybe(`ledger.type.${type}`) ?? type}</Badge>;
}

/** The reason somebody gave; the words of an opening balance are the server's own, and said in the reader's language. */
function Reason({ entry }: { entry: LedgerEntry }) {
  const { t } = useTexts();
  return entry.type === 'opening' ? t('ledger.openingReason') : entry.reason;
}

/** Columns of every list of movements; `extra` adds what administrators see. */
export function useLedgerColumns(extra: readonly Column<LedgerEntry>[] = []): Column<LedgerEntry>[] {
  const { t } = useTexts();
  return useMemo(
    () => [
      {
        id: 'createdAt',
        header: t('ledger.when'),
        cell: (row) => <When at={row.createdAt} />,
        csv: (row) => row.createdAt,
        sort: 'createdAt',
        downFirst: true,
        width: 140,
        priority: 1,
      },
      {
        id: 'type',
        header: t('ledger.type'),
        cell: (row) => <EntryType type={row.type} />,
        csv: (row) => row.type,
        width: 110,
        priority: 1,
      },
      {
        id: 'reason',
        header: t('ledger.reason'),
        cell: (row) => <Reason entry={row} />,
        csv: (row) => row.reason,
        width: 220,
        priority: 1,
      },
      {
        id: 'amount',
        header: t('ledger.amount'),
        cell: (row) => <Money value={row.amount} signed />,
        csv: (row) => row.amount,
        width: 120,
        align: 'right',
        priority: 1,
      },
      {
        id: 'endingBalance',
        header: t('ledger.ending'),
        cell: (row) => <Money value={row.endingBalance} className="font-medium" />,
        csv: (row) => row.endingBalance,
        width: 120,
        align: 'right',
        priority: 1,
      },
      ...extra,
    ],
    [t, extra],
  );
}
