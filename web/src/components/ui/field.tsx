import { CircleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';

export interface ControlProps {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
  'aria-required': boolean | undefined;
}

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** A key of the catalogue or the server's own sentence. */
  error?: string | undefined;
  required?: boolean;
  optional?: boolean;
  className?: string | undefined;
  children: (control: ControlProps) => ReactNode;
}

/** A label, its control, a hint and what is wrong with it; all tied together for screen readers. */
export function Field({ label, hint, error, required, optional, className, children }: FieldProps) {
  const { t, maybe } = useTexts();
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className={cn('grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-1.5', className)}>
      <label htmlFor={id} className="flex items-baseline justify-between gap-2 font-medium">
        {label}
        {optional && <span className="shrink-0 text-xs font-normal text-faint">{t('ui.optional')}</span>}
      </label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
      })}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-sm text-bad">
          <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
          {maybe(error) ?? error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
