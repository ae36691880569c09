import { useTexts } from '#app/i18n/index.ts';
import { formatDateTime, formatRelative, formatWhen } from '#app/lib/format.ts';
import { useNow } from '#app/lib/use-now.ts';

/** A point in time, short; the full one as its title. */
export function When({ at, className }: { at: string | null | undefined; className?: string }) {
  const { locale, t } = useTexts();
  if (!at) return <span className="text-faint">{t('ui.never')}</span>;
  return (
    <time dateTime={at} title={formatDateTime(at, locale)} className={className ?? 'tnum whitespace-nowrap'}>
      {formatWhen(at, locale)}
    </time>
  );
}

/** "3 min ago", kept fresh. */
export function Ago({ at }: { at: string | null | undefined }) {
  const { locale, t } = useTexts();
  const now = useNow(10_000);
  if (!at) return <span className="text-faint">{t('ui.never')}</span>;
  return (
    <time dateTime={at} title={formatDateTime(at, locale)} className="whitespace-nowrap">
      {formatRelative(at, locale, now)}
    </time>
  );
}
