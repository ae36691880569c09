import { Checkbox } from '#app/components/ui/checkbox.tsx';
import { useT } from '#app/i18n/index.ts';
import { groups } from '#app/routes/admin/subscribers/groups.ts';

/** The access groups as check boxes, each with what it allows. */
export function GroupBoxes(props: { value: readonly string[]; onChange: (value: string[]) => void; disabled?: boolean }) {
  const t = useT();
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {groups.map((group) => (
        <Checkbox
          key={group}
          checked={props.value.includes(group)}
          disabled={props.disabled ?? false}
          onChange={(on) => props.onChange(on ? [...props.value, group] : props.value.filter((each) => each !== group))}
          label={t(`group.${group}`)}
          hint={t(`groupText.${group}`)}
        />
      ))}
    </div>
  );
}
