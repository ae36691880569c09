import { useQueryClient } from '@tanstack/react-query';
import { Download, Trash2 } from 'lucide-react';
import { http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { AudioPlayer } from '#app/components/audio-player.tsx';
import { Button, buttonStyle } from '#app/components/ui/button.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** What was said in a call: to be heard here, kept elsewhere, or deleted. */
export function CallRecording({ callId, seconds }: { callId: string; seconds: number }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const client = useQueryClient();
  const audio = `/api/v1/recordings/${callId}/audio`;

  const erase = async () => {
    if (!(await ask({ title: t('recording.deleteTitle'), text: t('recording.deleteText'), action: t('recording.delete'), danger: true })))
      return;
    const { error, response } = await http.DELETE('/api/v1/recordings/{callId}', { params: { path: { callId } } });
    if (response.ok) await client.invalidateQueries({ queryKey: ['get', '/api/v1/calls/{id}'] });
    else toast.error(problemText(error, texts));
  };

  return (
    <>
      <AudioPlayer src={audio} name={t('recording.title')} seconds={seconds} />
      <p className="mt-2 text-sm text-muted">{t('recording.channels')}</p>
      <div className="mt-3 flex gap-2">
        <a href={`${audio}?download=true`} download className={buttonStyle({ size: 'sm' })}>
          <Download aria-hidden />
          {t('recording.download')}
        </a>
        <Button size="sm" look="danger-quiet" icon={Trash2} onClick={() => void erase()}>
          {t('recording.delete')}
        </Button>
      </div>
    </>
  );
}
