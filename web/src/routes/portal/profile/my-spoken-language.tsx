import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { PromptLanguageSelect } from '#app/components/prompt-language.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What services and announcements speak to the subscriber himself. */
export function MySpokenLanguage() {
  const texts = useTexts();
  const { t } = texts;
  const query = api.useQuery('get', '/api/v1/me/prompt-language');
  if (!query.data) return null;
  const choose = async (language: string | null) => {
    const { error, response } = await http.PUT('/api/v1/me/prompt-language', { body: { language } });
    if (response.ok) toast.success(t('ui.saved'));
    else toast.error(problemText(error, texts));
    await query.refetch();
  };
  return (
    <Card title={t('prompts.spoken')} text={t('my.spokenHint')} className="mb-5 max-w-xl">
      <PromptLanguageSelect
        languages={query.data.languages}
        value={query.data.language}
        onChange={(language) => void choose(language)}
        label={t('prompts.spoken')}
        otherwise={t('my.spokenUsual')}
      />
    </Card>
  );
}
