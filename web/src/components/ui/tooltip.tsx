import { Tooltip as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

export const TooltipProvider = ({ children }: { children: ReactNode }) => <Radix.Provider delayDuration={350}>{children}</Radix.Provider>;

/** A word more about a control that already has a name of its own. */
export const Tooltip = ({ text, children }: { text: ReactNode; children: ReactNode }) => (
  <Radix.Root>
    <Radix.Trigger asChild>{children}</Radix.Trigger>
    <Radix.Portal>
      <Radix.Content
        sideOffset={6}
        collisionPadding={8}
        className="z-70 max-w-72 rounded-md bg-ink px-2.5 py-1.5 text-xs text-paper shadow-float data-[state=delayed-open]:animate-in data-[state=delayed-open]:fade-in-0"
      >
        {text}
      </Radix.Content>
    </Radix.Portal>
  </Radix.Root>
);
