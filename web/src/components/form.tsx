import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { type DefaultValues, type FieldValues, type Path, type UseFormReturn, useForm } from 'react-hook-form';
import type { z } from 'zod';
import { problemOf, problemText } from '#app/api/problem.ts';
import { Notice } from '#app/components/ui/notice.tsx';
import { type Texts, useTexts } from '#app/i18n/index.ts';
import { serverSentence } from '#app/lib/server-sentence.ts';

export type Form<T extends FieldValues> = UseFormReturn<T, unknown, T>;

/** A form checked by a zod schema whose messages are keys of the catalogue. Input and output have one shape: amounts stay text. */
export function useZodForm<S extends z.ZodType<FieldValues, FieldValues>>(schema: S, defaultValues: DefaultValues<z.input<S>>) {
  return useForm<z.input<S>, unknown, z.output<S>>({ resolver: standardSchemaResolver(schema), defaultValues });
}

interface ErrorTarget<T extends FieldValues> {
  setError: UseFormReturn<T>['setError'];
  getValues: UseFormReturn<T>['getValues'];
}

/**
 * Puts what the server refused beside the fields at fault; what belongs to no field of this form goes to the top. `names` maps the
 * server's field names where they differ.
 */
export function showProblem<T extends FieldValues>(
  form: ErrorTarget<T>,
  error: unknown,
  texts: Texts,
  names: Record<string, string> = {},
): void {
  const problem = problemOf(error);
  const fields = new Set(Object.keys(form.getValues()));
  const rest: string[] = [];
  let first = true;
  for (const each of problem.errors ?? []) {
    const name = names[each.field] ?? each.field;
    // `invalid` says only that something is wrong here; the server's sentence says what.
    const known = each.code === 'invalid' ? undefined : (texts.maybe(`problem.${each.code}`) ?? texts.maybe(`invalid.${each.code}`));
    const message = known ?? serverSentence(each.message, texts);
    if (fields.has(name)) {
      form.setError(name as Path<T>, { type: 'server', message }, { shouldFocus: first });
      first = false;
    } else rest.push(`${each.field}: ${message}`);
  }
  if (rest.length > 0 || first) {
    form.setError('root.server' as `root.${string}`, {
      type: 'server',
      message: rest.length > 0 ? rest.join(' · ') : problemText(error, texts),
    });
  }
}

/** What is wrong with the form as a whole. */
export function FormProblem<T extends FieldValues>({ form }: { form: { formState: UseFormReturn<T>['formState'] } }) {
  const { maybe } = useTexts();
  const message = form.formState.errors.root?.server?.message;
  if (!message) return null;
  return <Notice tone="bad">{maybe(message) ?? message}</Notice>;
}
