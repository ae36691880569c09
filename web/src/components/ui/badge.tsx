import { cva, type VariantProps } from 'class-variance-authority';
import type { ReactNode } from 'react';
import { cn } from '#app/lib/cn.ts';

const badgeStyle = cva(
  'inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 font-sans text-xs font-medium whitespace-nowrap [&_svg]:size-3.5',
  {
    variants: {
      tone: {
        plain: 'bg-sunken text-muted',
        ok: 'bg-ok-soft text-ok',
        warn: 'bg-warn-soft text-warn',
        bad: 'bg-bad-soft text-bad',
        info: 'bg-info-soft text-info',
        primary: 'bg-primary-soft text-primary',
      },
    },
    defaultVariants: { tone: 'plain' },
  },
);

export type Tone = NonNullable<VariantProps<typeof badgeStyle>['tone']>;

export const Badge = ({ tone, className, children }: { tone?: Tone; className?: string; children: ReactNode }) => (
  <span className={cn(badgeStyle({ tone }), className)}>{children}</span>
);

const lightColour: Record<Tone, string> = {
  plain: 'bg-edge',
  ok: 'bg-ok',
  warn: 'bg-warn',
  bad: 'bg-bad',
  info: 'bg-info',
  primary: 'bg-primary',
};

/** A lamp with its word beside it: the colour is never the only signal. Lamps of a fault are square, so that shape tells too. */
export const StatusLight = ({ tone, live = false, children }: { tone: Tone; live?: boolean; children: ReactNode }) => (
  <span className="inline-flex items-center gap-2 whitespace-nowrap">
    <span
      aria-hidden
      className={cn('size-2 shrink-0', tone === 'bad' ? 'rounded-[1px]' : 'rounded-full', lightColour[tone], live && 'animate-hum')}
    />
    {children}
  </span>
);
