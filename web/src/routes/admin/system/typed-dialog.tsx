import { type ReactNode, useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Input } from '#app/components/ui/input.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** For what cannot be taken back: the button works once the word has been typed. `act` throws the refusal. */
export function TypedDialog(props: {
  title: string;
  word: string;
  label: string;
  action: string;
  act: (typed: string) => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}) {
  const texts = useTexts();
  const { t } = texts;
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const right = typed.trim() === props.word;
  const act = async () => {
    if (!right) return;
    setBusy(true);
    setFailed(null);
    try {
      await props.act(typed.trim());
    } catch (error) {
      setFailed(problemText(error, texts));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.title}
      footer={
        <>
          <Button onClick={props.onClose}>{t('ui.cancel')}</Button>
          <Button look="danger" type="submit" form="typed" disabled={!right} busy={busy}>
            {props.action}
          </Button>
        </>
      }
    >
      <form
        id="typed"
        noValidate
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void act();
        }}
      >
        {failed && <Notice tone="bad">{failed}</Notice>}
        <div>{props.children}</div>
        <Field label={props.label} required>
          {(control) => (
            <Input
              {...control}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
