import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';

export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={cn('block animate-pulse rounded bg-sunken', className)} />
);

const widths = ['w-4/5', 'w-3/5', 'w-2/3', 'w-1/2', 'w-3/4'];

/** Stands for a block of text that is being loaded. */
export function LoadingBlock({ lines = 4, className }: { lines?: number; className?: string }) {
  const t = useT();
  return (
    <div className={cn('grid gap-3 py-2', className)} role="status">
      <span className="sr-only">{t('ui.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={String(line)} className={cn('h-4', widths[line % widths.length])} />
      ))}
    </div>
  );
}
