import { useSearchParams } from 'react-router';
import { api } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Card } from '#app/components/ui/card.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { SearchInput, Select } from '#app/components/ui/input.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { DomainLanguages } from '#app/routes/admin/prompts/domain-languages.tsx';
import { PromptRow } from '#app/routes/admin/prompts/prompt-row.tsx';

/** What callers hear, in each language. */
export function Prompts() {
  const texts = useTexts();
  const { t } = texts;
  const [search, setSearch] = useSearchParams();
  const words = search.get('q') ?? '';
  const language = search.get('language') ?? 'en';
  const query = api.useQuery('get', '/api/v1/prompts', { params: { query: { language } } });
  const codes = api.useQuery('get', '/api/v1/feature-codes').data?.items;
  const recorder = codes?.find((code) => code.feature === 'prompt-recorder' && code.enabled);
  const names = new Intl.DisplayNames(texts.language, { type: 'language' });

  const change = (key: string, value: string) =>
    setSearch(
      (before) => {
        if (value) before.set(key, value);
        else before.delete(key);
        return before;
      },
      { replace: true, preventScrollReset: true },
    );

  const wanted = words.trim().toLowerCase();
  const matches = ({ name, text, number }: Schema<'Prompt'>) => `${number} ${name} ${text ?? ''}`.toLowerCase().includes(wanted);
  const items = query.data?.items.filter(matches);

  return (
    <>
      <PageHeader title={t('nav.prompts')} text={t('prompts.text')} />
      <div className="grid gap-5">
        <DomainLanguages />
        <Card flush text={recorder && t('prompts.phone', { code: recorder.code })}>
          <div className="flex flex-wrap gap-3 border-b border-line px-4 py-3 md:px-5">
            <Select
              aria-label={t('prompts.language')}
              className="w-44"
              value={language}
              onChange={(event) => change('language', event.target.value === 'en' ? '' : event.target.value)}
            >
              {(query.data?.languages ?? [language]).map((each) => (
                <option key={each} value={each}>
                  {names.of(each)}
                </option>
              ))}
            </Select>
            <SearchInput
              className="min-w-48 flex-1 md:max-w-sm"
              aria-label={t('prompts.search')}
              placeholder={t('prompts.search')}
              value={words}
              onChange={(event) => change('q', event.target.value)}
            />
          </div>
          {items ? (
            items.length > 0 ? (
              <ul className="divide-y divide-line">
                {items.map((prompt) => (
                  <PromptRow key={`${language}/${prompt.name}`} language={language} prompt={prompt} onChanged={() => query.refetch()} />
                ))}
              </ul>
            ) : (
              <p className="p-5 text-muted">{t('prompts.none')}</p>
            )
          ) : query.error ? (
            <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
          ) : (
            <LoadingBlock className="p-5" />
          )}
        </Card>
      </div>
    </>
  );
}
