import { Select } from '#app/components/ui/input.tsx';
import { useT } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';

/** A filter of a list: one of a few values, or all. */
export function FilterSelect(props: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  choices: readonly (readonly [value: string, text: string])[];
  /** What "all" is called here. */
  all?: string;
}) {
  const t = useT();
  return (
    <Select
      aria-label={props.label}
      className={cn(
        'w-auto max-w-52 max-sm:max-w-full max-sm:min-w-[calc(50%-0.25rem)] max-sm:grow',
        props.value !== undefined && '[&>select]:border-primary [&>select]:bg-primary-soft',
      )}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(event.target.value || undefined)}
    >
      <option value="">{`${props.label}: ${props.all ?? t('ui.all')}`}</option>
      {props.choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </Select>
  );
}
