import { Download, MailCheck, MailWarning, MoreHorizontal, PhoneOutgoing, RotateCcw, Save, Sparkles, Trash2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { AudioPlayer } from '#app/components/audio-player.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button, buttonStyle } from '#app/components/ui/button.tsx';
import { Menu, MenuItem } from '#app/components/ui/menu.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { cn } from '#app/lib/cn.ts';
import { formatDay } from '#app/lib/format.ts';
import { type Message, useMessageActions } from '#app/routes/portal/voicemail/use-voicemail.ts';
import { useSession } from '#app/session/session.ts';

const DAY = 86_400_000;

/** One message: who, when, its player, and what can be done with it. `?message=` leads to one. */
export function MessageRow({ message, retentionDays }: { message: Message; retentionDays: number | null }) {
  const { t, locale } = useTexts();
  const me = useSession();
  const { mark, remove } = useMessageActions();
  const wanted = useSearchParams()[0].get('message') === String(message.id);
  const row = useRef<HTMLLIElement>(null);
  // Once: whoever has scrolled on is not fetched back when the list is drawn anew.
  useEffect(() => {
    if (wanted) row.current?.scrollIntoView({ block: 'center' });
  }, [wanted]);
  const { callerNumber, callerName, state } = message;
  const who = [callerName, callerNumber].filter(Boolean).join(' · ') || t('voicemail.hidden');
  const audio = `/api/v1/me/voicemail/messages/${message.id}/audio`;
  const goes = retentionDays === null ? null : new Date(Date.parse(message.receivedAt) + retentionDays * DAY).toISOString();
  return (
    <li
      ref={row}
      aria-current={wanted || undefined}
      className={cn(
        'grid gap-x-5 gap-y-2 px-4 py-3.5 md:grid-cols-[minmax(0,1fr)_minmax(16rem,1fr)_auto] md:items-center md:px-5',
        wanted && 'bg-primary-soft/40',
      )}
    >
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className={cn('truncate', state === 'new' ? 'font-semibold' : 'font-medium')}>{who}</span>
          {state === 'new' && <Badge tone="primary">{t('voicemail.state.new')}</Badge>}
          {state === 'deleted' && <Badge>{t('voicemail.state.deleted')}</Badge>}
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-3 text-xs text-muted">
          <When at={message.receivedAt} />
          <span>{t(`voicemail.why.${message.why}`)}</span>
          <MailMark message={message} />
        </p>
        {goes && state !== 'deleted' && <p className="text-xs text-faint">{t('voicemail.until', { day: formatDay(goes, locale) })}</p>}
      </div>
      <AudioPlayer
        src={audio}
        name={t('voicemail.messageFrom', { who })}
        seconds={message.seconds}
        onHeard={state === 'new' ? () => void mark(message, 'saved') : undefined}
      />
      <div className="flex items-center gap-1.5 justify-self-start md:justify-self-end">
        {callerNumber && state !== 'deleted' && (
          <a
            href={`sip:${encodeURIComponent(callerNumber)}@${me?.domain ?? ''}`}
            title={t('voicemail.callBackHint')}
            aria-label={t('voicemail.callBackTo', { who })}
            className={buttonStyle({ size: 'icon' })}
          >
            <PhoneOutgoing aria-hidden />
          </a>
        )}
        <a
          href={`${audio}?download=true`}
          download
          aria-label={t('voicemail.downloadFrom', { who })}
          className={buttonStyle({ size: 'icon' })}
        >
          <Download aria-hidden />
        </a>
        {state === 'deleted' ? (
          <Button icon={RotateCcw} onClick={() => void mark(message, 'saved')}>
            {t('voicemail.restore')}
          </Button>
        ) : (
          <>
            <Button size="icon" icon={Trash2} aria-label={t('voicemail.deleteFrom', { who })} onClick={() => void remove(message)} />
            <Menu trigger={<Button size="icon" look="quiet" icon={MoreHorizontal} aria-label={t('voicemail.moreFor', { who })} />}>
              {state === 'new' ? (
                <MenuItem icon={Save} onSelect={() => void mark(message, 'saved')}>
                  {t('voicemail.markSaved')}
                </MenuItem>
              ) : (
                <MenuItem icon={Sparkles} onSelect={() => void mark(message, 'new')}>
                  {t('voicemail.markNew')}
                </MenuItem>
              )}
            </Menu>
          </>
        )}
      </div>
    </li>
  );
}

/** Whether the message has left by mail: what fails is said here, and tried again. */
function MailMark({ message: { mail } }: { message: Message }) {
  const { t } = useTexts();
  if (!mail || (mail.state === 'queued' && mail.lastError === null)) return null;
  const Icon = mail.state === 'sent' ? MailCheck : MailWarning;
  const failed = mail.state === 'queued' || mail.state === 'failed';
  return (
    <span className={cn('inline-flex items-center gap-1.5', failed && 'text-warn')} title={mail.lastError ?? undefined}>
      <Icon className="size-3.5" aria-hidden />
      {t(`voicemail.mail.${mail.state}`)}
    </span>
  );
}
