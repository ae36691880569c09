import type { ReactNode } from 'react';
import { cn } from '#app/lib/cn.ts';

export interface CardProps {
  title?: ReactNode;
  text?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  className?: string;
  /** Lists and tables reach to the edge. */
  flush?: boolean;
  children?: ReactNode;
}

export function Card({ title, text, actions, className, flush = false, children }: CardProps) {
  return (
    <section className={cn('min-w-0 rounded-lg border border-line bg-surface shadow-card', flush && 'overflow-clip', className)}>
      {(title || text || actions) && (
        <header className={cn('flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3.5 md:px-5', flush ? 'pb-3' : 'pb-1')}>
          <div className="min-w-32 flex-1">
            {title && <h2 className="font-display text-base leading-6 font-semibold">{title}</h2>}
            {text && <p className="text-xs text-muted">{text}</p>}
          </div>
          {actions}
        </header>
      )}
      {children !== undefined && <div className={flush ? '' : 'px-4 pt-3 pb-4 md:px-5 md:pb-5'}>{children}</div>}
    </section>
  );
}

/** Label and value pairs; on a phone one under the other. */
export function KeyValues({ rows, className }: { rows: readonly (readonly [ReactNode, ReactNode] | false)[]; className?: string }) {
  const shown = rows.filter((row) => row !== false);
  return (
    <dl className={cn('grid grid-cols-[minmax(7rem,auto)_minmax(0,1fr)] gap-x-5 gap-y-2.5', className)}>
      {shown.map(([name, value], index) => (
        // The list is fixed for a screen: its index is its identity.
        <div key={String(index)} className="contents">
          <dt className="text-muted">{name}</dt>
          <dd className="min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface StatTileProps {
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
  tone?: 'plain' | 'bad' | 'live';
  children?: ReactNode;
}

export function StatTile({ label, value, note, tone = 'plain', children }: StatTileProps) {
  return (
    <div className="relative min-w-0 overflow-hidden rounded-lg border border-line bg-surface px-4 py-3 shadow-card">
      {tone !== 'plain' && (
        <span aria-hidden className={cn('absolute inset-y-0 left-0 w-1', tone === 'bad' ? 'bg-bad' : 'bg-brass-bright')} />
      )}
      <div className="label-caps text-faint">{label}</div>
      <div className="tnum mt-1 font-display text-lg leading-8 font-semibold sm:text-[1.625rem]">{value}</div>
      {note && <div className="mt-0.5 text-xs text-muted">{note}</div>}
      {children}
    </div>
  );
}
