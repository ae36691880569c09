import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { PromptLanguageSelect } from '#app/components/prompt-language.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What services speak to this subscriber. */
export function SpokenLanguage({ subscriber }: { subscriber: Schema<'Subscriber'> }) {
  const texts = useTexts();
  const { t } = texts;
  const params = { path: { id: subscriber.id } };
  const languages = api.useQuery('get', '/api/v1/prompt-languages/domains').data?.languages;
  const query = api.useQuery('get', '/api/v1/prompt-languages/subscribers/{id}', { params });
  const choose = async (language: string | null) => {
    const { error, response } = await http.PUT('/api/v1/prompt-languages/subscribers/{id}', { params, body: { language } });
    if (!response.ok) toast.error(problemText(error, texts));
    await query.refetch();
  };
  if (!languages || !query.data) return null;
  return (
    <PromptLanguageSelect
      languages={languages}
      value={query.data.language}
      onChange={(language) => void choose(language)}
      label={t('prompts.spokenIn', { name: subscriber.number })}
      otherwise={t('prompts.asDomain')}
      disabled={subscriber.status === 'closed'}
    />
  );
}
