import type { ComponentProps } from 'react';
import { Input } from '#app/components/ui/input.tsx';

/** The six digits of an authenticator app: a telephone shows its digits, and offers a code it has seen. */
export const CodeInput = (props: ComponentProps<'input'>) => (
  <Input
    className="tnum font-mono text-lg tracking-[0.25em]"
    inputMode="numeric"
    autoComplete="one-time-code"
    maxLength={7}
    spellCheck={false}
    {...props}
  />
);
