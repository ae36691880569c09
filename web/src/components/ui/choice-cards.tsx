import { RadioGroup } from 'radix-ui';
import { type ReactNode, useId } from 'react';

export interface Choice<V extends string> {
  value: V;
  title: ReactNode;
  text?: ReactNode;
}

/** One of a few, each explained: radio buttons drawn as cards. */
export function ChoiceCards<V extends string>(props: {
  legend: string;
  value: V;
  onChange: (value: V) => void;
  choices: readonly Choice<V>[];
  columns?: string;
}) {
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <span id={id} className="font-medium">
        {props.legend}
      </span>
      <RadioGroup.Root
        aria-labelledby={id}
        value={props.value}
        onValueChange={(value) => {
          const choice = props.choices.find((each) => each.value === value);
          if (choice) props.onChange(choice.value);
        }}
        className={`grid gap-2 ${props.columns ?? 'sm:grid-cols-3'}`}
      >
        {props.choices.map((choice) => (
          <RadioGroup.Item
            key={choice.value}
            value={choice.value}
            className="group grid grid-cols-[auto_1fr] items-start gap-x-2.5 rounded-lg border border-edge/70 bg-raised p-3 text-left hover:border-edge data-[state=checked]:border-primary data-[state=checked]:bg-primary-soft data-[state=checked]:ring-1 data-[state=checked]:ring-primary"
          >
            <span className="mt-0.5 grid size-4 place-items-center rounded-full border border-edge bg-raised group-data-[state=checked]:border-primary">
              <RadioGroup.Indicator className="size-2 rounded-full bg-primary" />
            </span>
            <span className="font-medium">{choice.title}</span>
            {choice.text && <span className="col-start-2 mt-0.5 text-xs text-muted">{choice.text}</span>}
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </div>
  );
}
