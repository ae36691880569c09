import { Check, type LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { cn } from '#app/lib/cn.ts';

export function Menu({ trigger, children, align = 'end' }: { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-60 max-h-[var(--radix-dropdown-menu-content-available-height)] min-w-48 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-float data-[state=open]:animate-in data-[state=open]:fade-in-0"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const itemStyle =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-1.5 outline-none select-none data-[disabled]:cursor-not-allowed data-[disabled]:opacity-50 data-[highlighted]:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0';

export function MenuItem(props: { icon?: LucideIcon; onSelect: () => void; danger?: boolean; disabled?: boolean; children: ReactNode }) {
  const Icon = props.icon;
  return (
    <DropdownMenu.Item
      onSelect={props.onSelect}
      disabled={props.disabled ?? false}
      className={cn(itemStyle, props.danger && 'text-bad data-[highlighted]:bg-bad-soft')}
    >
      {Icon && <Icon aria-hidden />}
      {props.children}
    </DropdownMenu.Item>
  );
}

export function MenuLink(props: { icon?: LucideIcon; to: string; children: ReactNode }) {
  const Icon = props.icon;
  return (
    <DropdownMenu.Item asChild className={itemStyle}>
      <Link to={props.to}>
        {Icon && <Icon aria-hidden />}
        {props.children}
      </Link>
    </DropdownMenu.Item>
  );
}

/** An item that is on or off; the menu stays open. */
export function MenuCheck(props: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode; disabled?: boolean }) {
  return (
    <DropdownMenu.CheckboxItem
      checked={props.checked}
      disabled={props.disabled ?? false}
      onCheckedChange={props.onChange}
      onSelect={(event) => event.preventDefault()}
      className={cn(itemStyle, 'pl-8 relative')}
    >
      <DropdownMenu.ItemIndicator className="absolute left-2.5">
        <Check aria-hidden />
      </DropdownMenu.ItemIndicator>
      {props.children}
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuRadio<V extends string>(props: {
  label: string;
  value: V;
  onChange: (value: V) => void;
  choices: readonly (readonly [V, string])[];
}) {
  return (
    <DropdownMenu.RadioGroup
      aria-label={props.label}
      value={props.value}
      onValueChange={(value) => {
        const choice = props.choices.find(([each]) => each === value);
        if (choice) props.onChange(choice[0]);
      }}
    >
      <DropdownMenu.Label className="label-caps px-2.5 pt-2 pb-1 text-faint">{props.label}</DropdownMenu.Label>
      {props.choices.map(([value, text]) => (
        <DropdownMenu.RadioItem key={value} value={value} className={cn(itemStyle, 'relative pl-8')}>
          <DropdownMenu.ItemIndicator className="absolute left-2.5">
            <Check aria-hidden />
          </DropdownMenu.ItemIndicator>
          {text}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="label-caps px-2.5 pt-2 pb-1 text-faint">{children}</DropdownMenu.Label>
);

export const MenuLine = () => <DropdownMenu.Separator className="my-1 h-px bg-line" />;
