import { ChevronDown, Eye, EyeOff, Search } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';

export const controlStyle =
  'w-full rounded-md border border-edge bg-raised px-3 text-ink placeholder:text-faint shadow-card transition-[border-color] hover:border-ink/60 disabled:cursor-not-allowed disabled:bg-sunken disabled:text-muted aria-invalid:border-bad aria-invalid:ring-1 aria-invalid:ring-bad max-md:text-base';

export const Input = ({ className, ...rest }: ComponentProps<'input'>) => (
  <input className={cn(controlStyle, 'h-9', className)} {...rest} />
);

export const Textarea = ({ className, rows = 4, ...rest }: ComponentProps<'textarea'>) => (
  <textarea rows={rows} className={cn(controlStyle, 'py-2', className)} {...rest} />
);

/** The browser's own select: works with every keyboard, screen reader and telephone. */
export const Select = ({ className, children, ...rest }: ComponentProps<'select'>) => (
  <span className={cn('relative block', className)}>
    <select className={cn(controlStyle, 'h-9 appearance-none pr-9')} {...rest}>
      {children}
    </select>
    <ChevronDown className="pointer-events-none absolute top-2.5 right-3 size-4 text-muted" aria-hidden />
  </span>
);

/** A password field that can be looked at, and pasted into. */
export function PasswordInput({ className, ...rest }: ComponentProps<'input'>) {
  const t = useT();
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className={cn('relative block', className)}>
      <Input {...rest} type={shown ? 'text' : 'password'} className="pr-11" />
      <button
        type="button"
        className="absolute top-1 right-1 grid size-7 place-items-center rounded text-muted hover:bg-sunken hover:text-ink"
        aria-label={t(shown ? 'ui.hidePassword' : 'ui.showPassword')}
        aria-pressed={shown}
        onClick={() => setShown(!shown)}
      >
        <Icon className="size-4" aria-hidden />
      </button>
    </span>
  );
}

/** The search of a page; `/` puts the cursor here. */
export const SearchInput = ({ className, ...rest }: ComponentProps<'input'>) => (
  <span className={cn('relative block', className)}>
    <Search className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted" aria-hidden />
    <Input type="search" className="pl-8.5" data-page-search {...rest} />
  </span>
);
