import { AlertDialog } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';

export interface Question {
  title: string;
  text?: ReactNode;
  /** What the button does, as a verb: "Delete gateway". */
  action: string;
  danger?: boolean;
}

type Ask = (question: Question) => Promise<boolean>;
const AskContext = createContext<Ask>(() => Promise.resolve(false));

/** `const ask = useConfirm(); if (await ask({...})) ...` Every destructive action asks first. */
export const useConfirm = (): Ask => useContext(AskContext);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const t = useT();
  const [question, setQuestion] = useState<Question | null>(null);
  const answer = useRef<(yes: boolean) => void>(() => undefined);

  const ask = useCallback<Ask>((next) => {
    setQuestion(next);
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);

  const close = (yes: boolean) => {
    answer.current(yes);
    setQuestion(null);
  };

  return (
    <AskContext.Provider value={ask}>
      {children}
      <AlertDialog.Root open={question !== null} onOpenChange={(open) => !open && close(false)}>
        <AlertDialog.Portal>
          <AlertDialog.Overlay className="fixed inset-0 z-60 bg-black/45 data-[state=open]:animate-in data-[state=open]:fade-in-0" />
          <AlertDialog.Content className="fixed inset-x-3 top-1/2 z-60 mx-auto max-w-md -translate-y-1/2 rounded-xl border border-line bg-surface p-5 shadow-float focus:outline-none data-[state=open]:animate-in data-[state=open]:fade-in-0">
            <AlertDialog.Title className="font-display text-xl font-semibold">{question?.title}</AlertDialog.Title>
            <AlertDialog.Description asChild>
              <div className="mt-2 text-muted">{question?.text}</div>
            </AlertDialog.Description>
            <div className="mt-5 flex flex-wrap justify-end gap-2">
              <AlertDialog.Cancel asChild>
                <Button>{t('ui.cancel')}</Button>
              </AlertDialog.Cancel>
              <Button look={question?.danger ? 'danger' : 'primary'} onClick={() => close(true)}>
                {question?.action}
              </Button>
            </div>
          </AlertDialog.Content>
        </AlertDialog.Portal>
      </AlertDialog.Root>
    </AskContext.Provider>
  );
}
