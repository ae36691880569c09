import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '#app/lib/cn.ts';

const looks = {
  info: [Info, 'border-info/40 bg-info-soft text-info'],
  ok: [CircleCheck, 'border-ok/40 bg-ok-soft text-ok'],
  warn: [TriangleAlert, 'border-warn/40 bg-warn-soft text-warn'],
  bad: [CircleAlert, 'border-bad/40 bg-bad-soft text-bad'],
} as const;

export interface NoticeProps {
  tone?: keyof typeof looks;
  title?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** A message that stays. Faults are announced at once, the rest politely. */
export function Notice({ tone = 'info', title, children, actions, className }: NoticeProps) {
  const [Icon, colours] = looks[tone];
  return (
    <div role={tone === 'bad' ? 'alert' : 'status'} className={cn('flex gap-3 rounded-lg border px-4 py-3', colours, className)}>
      <Icon className="mt-0.5 size-5 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">
        {title && <p className="font-semibold">{title}</p>}
        {children && <div className="text-ink">{children}</div>}
        {actions && <div className="mt-2 flex flex-wrap gap-2">{actions}</div>}
      </div>
    </div>
  );
}
