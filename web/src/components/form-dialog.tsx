import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { FieldValues } from 'react-hook-form';
import { type Form, FormProblem, showProblem } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { type Question, useConfirm } from '#app/components/ui/confirm.tsx';
import { Dialog, type DialogProps } from '#app/components/ui/dialog.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What a request of the API client comes back with. */
type Answer = { error?: unknown; response: Response };

interface FormDialogProps<T extends FieldValues> extends Pick<DialogProps, 'onClose' | 'title' | 'description' | 'place' | 'children'> {
  form: Form<T>;
  /** Paths of the API whose lists show what is changed here; they are fetched again. */
  lists: readonly string[];
  save: (values: T) => Promise<Answer>;
  /** What the button says; left out: Save. */
  action?: ReactNode;
  /** Left out: it cannot be deleted here. */
  erase?: { question: Omit<Question, 'danger'>; send: () => Promise<Answer> };
}

/** A form in a dialog that makes, changes or deletes one thing. It closes once the server has done it; what was refused stands at its field. */
export function FormDialog<T extends FieldValues>({ form, lists, save, action, erase, children, onClose, ...dialog }: FormDialogProps<T>) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();

  const send = async (request: () => Promise<Answer>) => {
    try {
      const { error, response } = await request();
      if (!response.ok) throw error;
      await Promise.all(lists.map((path) => client.invalidateQueries({ queryKey: ['get', path] })));
      onClose();
    } catch (error) {
      showProblem(form, error, texts);
    }
  };

  return (
    <Dialog
      {...dialog}
      open
      onClose={onClose}
      footer={
        <>
          {erase && (
            <Button
              look="danger-quiet"
              className="mr-auto"
              onClick={() => void ask({ ...erase.question, danger: true }).then((yes) => (yes ? send(erase.send) : undefined))}
            >
              {erase.question.action}
            </Button>
          )}
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button look="primary" type="submit" form="form-dialog" busy={form.formState.isSubmitting}>
            {action ?? t('ui.save')}
          </Button>
        </>
      }
    >
      <form
        id="form-dialog"
        onSubmit={(event) => void form.handleSubmit((values) => send(() => save(values)))(event)}
        noValidate
        className="grid gap-4"
      >
        <FormProblem form={form} />
        {children}
      </form>
    </Dialog>
  );
}
