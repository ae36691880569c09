import { useQueryClient } from '@tanstack/react-query';
import { z } from 'zod';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { Actor } from '#app/components/actor.tsx';
import { FormProblem, showProblem, useZodForm } from '#app/components/form.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Textarea } from '#app/components/ui/input.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';

const note = z.object({ text: z.string().trim().min(1, 'invalid.required').max(2000) });

/** What administrators want to remember about this person. He never sees it. */
export function SubscriberNotes({ subscriber }: { subscriber: { id: number } }) {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const params = { path: { id: subscriber.id } };
  const query = api.useQuery('get', '/api/v1/subscribers/{id}/notes', { params });
  const add = api.useMutation('post', '/api/v1/subscribers/{id}/notes');
  const form = useZodForm(note, { text: '' });

  const submit = form.handleSubmit(async (body) => {
    try {
      await add.mutateAsync({ params, body });
      form.reset();
      await client.invalidateQueries({ queryKey: ['get', '/api/v1/subscribers/{id}/notes'] });
    } catch (error) {
      showProblem(form, error, texts);
    }
  });

  return (
    <Card className="max-w-3xl" title={t('subscriber.notes')} text={t('subscriber.notesText')}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-3">
        <FormProblem form={form} />
        <Field label={t('subscriber.newNote')} error={form.formState.errors.text?.message}>
          {(control) => <Textarea {...control} {...form.register('text')} rows={3} maxLength={2000} />}
        </Field>
        <div>
          <Button type="submit" look="primary" busy={add.isPending}>
            {t('subscriber.addNote')}
          </Button>
        </div>
      </form>
      {query.error && !query.data ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <ul className="mt-5 divide-y divide-line">
          {query.data.items.map((each) => (
            <li key={each.id} className="py-3">
              <p className="whitespace-pre-line">{each.text}</p>
              <p className="mt-1 text-xs text-muted">
                <Actor name={each.actor} /> · <When at={each.createdAt} />
              </p>
            </li>
          ))}
        </ul>
      ) : (
        <LoadingBlock />
      )}
    </Card>
  );
}
