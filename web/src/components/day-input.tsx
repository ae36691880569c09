import { useId } from 'react';
import { Input } from '#app/components/ui/input.tsx';

const pad = (n: number) => String(n).padStart(2, '0');

/** The local day of a point in time, as a date field writes it. */
const dayOf = (iso: string | undefined): string => {
  if (!iso) return '';
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
};

/** Start or end of a local day as a point in time; the server filters by these. */
export function DayInput(props: { label: string; value: string | undefined; end?: boolean; onChange: (iso: string | undefined) => void }) {
  const id = useId();
  const change = (day: string) => {
    if (!day) return props.onChange(undefined);
    const at = new Date(`${day}T00:00:00`);
    if (props.end) at.setTime(new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime() - 1);
    return props.onChange(at.toISOString());
  };
  return (
    <span className="flex items-center gap-1.5 text-muted max-sm:w-full max-sm:justify-between">
      <label htmlFor={id} className="text-xs">
        {props.label}
      </label>
      <Input id={id} type="date" className="w-36 px-2" value={dayOf(props.value)} onChange={(event) => change(event.target.value)} />
    </span>
  );
}
