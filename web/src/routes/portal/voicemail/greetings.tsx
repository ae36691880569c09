import { Trash2, Upload } from 'lucide-react';
import { useRef } from 'react';
import { AudioPlayer } from '#app/components/audio-player.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { useSoundUpload } from '#app/lib/use-sound-upload.ts';
import { useRefreshVoicemail, type Voicemail } from '#app/routes/portal/voicemail/use-voicemail.ts';

type Greeting = Voicemail['greetings'][number];

/** What callers hear before the beep. */
export function Greetings({ box }: { box: Voicemail }) {
  const { t } = useTexts();
  return (
    <Card
      flush
      title={t('voicemail.greetings')}
      text={box.code ? t('voicemail.greetingsText', { code: box.code }) : t('voicemail.greetingsUpload')}
    >
      <ul className="divide-y divide-line border-t border-line">
        {box.greetings.map((greeting) => (
          <GreetingRow key={greeting.kind} greeting={greeting} />
        ))}
      </ul>
    </Card>
  );
}

function GreetingRow({ greeting: { kind, seconds } }: { greeting: Greeting }) {
  const { t } = useTexts();
  const ask = useConfirm();
  const refresh = useRefreshVoicemail();
  const input = useRef<HTMLInputElement>(null);
  const url = `/api/v1/me/voicemail/greetings/${kind}`;
  const name = t(`voicemail.greeting.${kind}`);

  const sound = useSoundUpload({
    ...{ url, fileName: kind, onChanged: refresh },
    ...{ saved: t('ui.saved'), unreadable: t('voicemail.unreadable') },
  });
  const { busy, version, upload } = sound;
  const remove = async () => {
    if (
      await ask({
        title: t('voicemail.removeGreeting', { name }),
        text: t('voicemail.removeGreetingText'),
        action: t('ui.delete'),
        danger: true,
      })
    )
      await sound.remove();
  };

  return (
    <li className="grid gap-x-5 gap-y-2 px-4 py-3.5 md:grid-cols-[minmax(0,1fr)_minmax(16rem,1fr)_auto] md:items-center md:px-5">
      <div className="min-w-0">
        <p className="font-medium">{name}</p>
        <p className="text-xs text-muted">{t(`voicemail.greetingHint.${kind}`)}</p>
      </div>
      {seconds === null ? (
        <p className="text-muted">{t(kind === 'temporary' ? 'voicemail.noTemporary' : 'voicemail.standardGreeting')}</p>
      ) : (
        <AudioPlayer key={version} src={`${url}/audio?v=${version}`} name={name} seconds={seconds} />
      )}
      <div className="flex gap-1.5 justify-self-start md:justify-self-end">
        <input
          ref={input}
          type="file"
          accept="audio/*"
          className="hidden"
          aria-label={t('voicemail.uploadFor', { name })}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) void upload(file);
          }}
        />
        <Button icon={Upload} busy={busy} aria-label={t('voicemail.uploadFor', { name })} onClick={() => input.current?.click()}>
          {t('voicemail.upload')}
        </Button>
        {seconds !== null && (
          <Button size="icon" icon={Trash2} disabled={busy} aria-label={t('voicemail.removeFor', { name })} onClick={() => void remove()} />
        )}
      </div>
    </li>
  );
}
