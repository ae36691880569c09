import { Check, Minus } from 'lucide-react';
import { Checkbox as Radix, Switch as RadixSwitch } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { cn } from '#app/lib/cn.ts';

export interface CheckboxProps {
  checked: boolean | 'indeterminate';
  onChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  /** The label is for screen readers only (a table's check box). */
  bare?: boolean;
  disabled?: boolean;
  invalid?: boolean;
}

const boxStyle =
  'grid size-6 shrink-0 place-items-center rounded border border-edge bg-raised text-on-primary data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=indeterminate]:border-primary data-[state=indeterminate]:bg-primary disabled:opacity-50';

export function Checkbox({ checked, onChange, label, hint, bare = false, disabled, invalid }: CheckboxProps) {
  const id = useId();
  const box = (
    <Radix.Root
      id={id}
      checked={checked}
      disabled={disabled}
      aria-invalid={invalid || undefined}
      onCheckedChange={(value) => onChange(value === true)}
      aria-label={bare && typeof label === 'string' ? label : undefined}
      className={cn(boxStyle, invalid && 'border-bad ring-1 ring-bad', bare && 'relative after:absolute after:-inset-1.5')}
    >
      <Radix.Indicator>
        {checked === 'indeterminate' ? <Minus className="size-4" aria-hidden /> : <Check className="size-4" strokeWidth={3} aria-hidden />}
      </Radix.Indicator>
    </Radix.Root>
  );
  if (bare) return box;
  return (
    <div className="flex min-h-6 items-start gap-2.5">
      {box}
      <label htmlFor={id} className="leading-6">
        {label}
        {hint && <span className="block text-xs text-muted">{hint}</span>}
      </label>
    </div>
  );
}

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
}

export function Switch({ checked, onChange, label, hint, disabled }: SwitchProps) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-4">
      <label htmlFor={id} className="leading-6 font-medium">
        {label}
        {hint && <span className="block text-xs leading-4 font-normal text-muted">{hint}</span>}
      </label>
      <RadixSwitch.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="relative h-6 w-10 shrink-0 rounded-full border border-edge bg-sunken transition-colors disabled:opacity-50 data-[state=checked]:border-primary data-[state=checked]:bg-primary"
      >
        <RadixSwitch.Thumb className="block size-4 translate-x-1 rounded-full bg-edge transition-transform data-[state=checked]:translate-x-[19px] data-[state=checked]:bg-on-primary" />
      </RadixSwitch.Root>
    </div>
  );
}
