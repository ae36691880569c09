import { RotateCcw, Upload } from 'lucide-react';
import { useRef } from 'react';
import type { Schema } from '#app/api/types.ts';
import { AudioPlayer } from '#app/components/audio-player.tsx';
import { Badge, type Tone } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useSoundUpload } from '#app/lib/use-sound-upload.ts';

type Prompt = Schema<'Prompt'>;

const tones: Readonly<Record<NonNullable<Prompt['source']>, Tone>> = { own: 'primary', installed: 'plain', shipped: 'plain' };

/** One prompt: its words, to be heard, replaced and given back. */
export function PromptRow({ language, prompt, onChanged }: { language: string; prompt: Prompt; onChanged: () => Promise<unknown> }) {
  const { t } = useTexts();
  const ask = useConfirm();
  const input = useRef<HTMLInputElement>(null);
  const { name, number, source, seconds } = prompt;
  const url = `/api/v1/prompts/${language}/${name}`;
  const words = name === 'beep' || name === 'music' ? t(`prompts.${name}`) : prompt.text;

  const { busy, version, upload, remove } = useSoundUpload({
    ...{ url, fileName: name, onChanged },
    ...{ saved: t('prompts.replaced'), unreadable: t('prompts.unreadable') },
  });
  const restore = async () => {
    if (await ask({ title: t('prompts.restoreTitle'), text: t('prompts.restoreText'), action: t('prompts.restore'), danger: true })) {
      await remove();
    }
  };

  return (
    <li className="grid gap-x-5 gap-y-2 px-4 py-3 md:grid-cols-[3rem_minmax(0,1fr)_minmax(14rem,20rem)_auto] md:items-center md:px-5">
      <span className="tnum text-muted">{number}</span>
      <div className="min-w-0">
        <p>{words ?? t('prompts.wordless')}</p>
        <p className="flex flex-wrap items-center gap-2 text-xs text-muted">
          <span className="break-all">{name}</span>
          <Badge tone={source ? tones[source] : 'warn'}>{t(`prompts.source.${source ?? 'missing'}`)}</Badge>
        </p>
      </div>
      <AudioPlayer key={version} src={`${url}/audio?v=${version}`} name={name} seconds={seconds} />
      <div className="flex gap-1.5 justify-self-start md:justify-self-end">
        <input
          ref={input}
          type="file"
          accept="audio/*"
          className="hidden"
          aria-label={t('prompts.replaceFor', { name })}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) void upload(file);
          }}
        />
        <Button icon={Upload} busy={busy} aria-label={t('prompts.replaceFor', { name })} onClick={() => input.current?.click()}>
          {t('prompts.replace')}
        </Button>
        {source === 'own' && (
          <Button
            size="icon"
            icon={RotateCcw}
            disabled={busy}
            aria-label={t('prompts.restoreFor', { name })}
            onClick={() => void restore()}
          />
        )}
      </div>
    </li>
  );
}
