import { Check } from 'lucide-react';
import { cn } from '#app/lib/cn.ts';

/** `value` from 0 to 1; without it the bar only says that work goes on. */
export const ProgressBar = ({ value, label }: { value?: number | undefined; label: string }) => (
  <div
    role="progressbar"
    aria-label={label}
    aria-valuemin={0}
    aria-valuemax={100}
    {...(value === undefined ? {} : { 'aria-valuenow': Math.round(value * 100) })}
    className="h-2 overflow-hidden rounded-full bg-sunken"
  >
    <div
      className={cn('h-full rounded-full bg-primary transition-[width]', value === undefined && 'w-1/3 animate-pulse')}
      style={value === undefined ? undefined : { width: `${Math.min(100, value * 100)}%` }}
    />
  </div>
);

export function Stepper({ steps, current, label }: { steps: readonly string[]; current: number; label: string }) {
  return (
    <ol aria-label={label} className="flex flex-wrap gap-x-2 gap-y-1">
      {steps.map((step, index) => {
        const done = index < current;
        const here = index === current;
        return (
          <li key={step} className="flex items-center gap-2" aria-current={here ? 'step' : undefined}>
            <span
              className={cn(
                'grid size-6 place-items-center rounded-full border text-xs font-semibold',
                done && 'border-primary bg-primary text-on-primary',
                here && 'border-brass-bright bg-brass-soft text-brass',
                !done && !here && 'border-edge text-muted',
              )}
            >
              {done ? <Check className="size-3.5" strokeWidth={3} aria-hidden /> : index + 1}
            </span>
            <span className={cn(here ? 'font-semibold' : 'text-muted', !here && 'max-sm:sr-only')}>{step}</span>
            {index < steps.length - 1 && <span aria-hidden className="h-px w-5 bg-edge/60" />}
          </li>
        );
      })}
    </ol>
  );
}
