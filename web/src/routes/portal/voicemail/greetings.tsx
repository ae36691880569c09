import { Trash2, Upload } from 'lucide-react';
import { useRef, useState } from 'react';
import { send } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import { AudioPlayer } from '#app/components/audio-player.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { toSpokenWav, UnreadableSound } from '#app/lib/wav.ts';
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
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const refresh = useRefreshVoicemail();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  // A new recording has the same address: the player must not show the length of the old one.
  const [version, setVersion] = useState(0);
  const url = `/api/v1/me/voicemail/greetings/${kind}`;
  const name = t(`voicemail.greeting.${kind}`);

  const request = async (method: 'PUT' | 'DELETE', body?: FormData) => {
    setBusy(true);
    const response = await send(new Request(url, { method, ...(body && { body }) })).catch((error: unknown) => error);
    const ok = response instanceof Response && response.ok;
    if (!ok) toast.error(problemText(response instanceof Response ? await response.json() : response, texts));
    await refresh();
    setVersion((before) => before + 1);
    setBusy(false);
    return ok;
  };
  const upload = async (file: File) => {
    setBusy(true);
    try {
      const form = new FormData();
      form.append('file', await toSpokenWav(file), `${kind}.wav`);
      if (await request('PUT', form)) toast.success(t('ui.saved'));
    } catch (error) {
      if (!(error instanceof UnreadableSound)) throw error;
      setBusy(false);
      toast.error(t('voicemail.unreadable'));
    }
  };
  const remove = async () => {
    if (
      await ask({
        title: t('voicemail.removeGreeting', { name }),
        text: t('voicemail.removeGreetingText'),
        action: t('ui.delete'),
        danger: true,
      })
    )
      await request('DELETE');
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
