import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Link, type LinkProps } from 'react-router';
import { cn } from '#app/lib/cn.ts';

export const buttonStyle = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md font-medium whitespace-nowrap transition-[color,background-color,border-color] select-none disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-primary text-on-primary shadow-card not-disabled:hover:bg-primary-strong',
        plain: 'border border-edge/60 bg-raised text-ink shadow-card not-disabled:hover:border-edge not-disabled:hover:bg-sunken',
        quiet: 'text-muted not-disabled:hover:bg-sunken not-disabled:hover:text-ink',
        danger: 'bg-bad text-on-bad shadow-card not-disabled:hover:bg-bad-strong',
        'danger-quiet': 'text-bad not-disabled:hover:bg-bad-soft',
        link: 'text-primary underline decoration-primary/40 underline-offset-4 hover:decoration-primary',
      },
      size: {
        sm: 'h-8 px-2.5 text-sm',
        md: 'h-9 px-3.5',
        lg: 'h-11 px-5 text-base',
        icon: 'size-9',
        'icon-sm': 'size-8',
        inline: 'h-6 px-0',
      },
    },
    defaultVariants: { look: 'plain', size: 'md' },
  },
);

type Style = VariantProps<typeof buttonStyle>;

export interface ButtonProps extends ComponentProps<'button'>, Style {
  icon?: LucideIcon | undefined;
  /** Work is under way: shows a turning ring and takes no further click. */
  busy?: boolean | undefined;
}

export function Button({ look, size, icon: Icon, busy = false, disabled, className, children, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={cn(buttonStyle({ look, size }), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <LoaderCircle className="animate-spin" aria-hidden /> : Icon && <Icon aria-hidden />}
      {children}
    </button>
  );
}

export interface ButtonLinkProps extends LinkProps, Style {
  icon?: LucideIcon | undefined;
  children: ReactNode;
}

export function ButtonLink({ look, size, icon: Icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link className={cn(buttonStyle({ look, size }), className)} {...rest}>
      {Icon && <Icon aria-hidden />}
      {children}
    </Link>
  );
}
