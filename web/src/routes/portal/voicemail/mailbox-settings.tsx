import { Card } from '#app/components/ui/card.tsx';
import { Switch } from '#app/components/ui/checkbox.tsx';
import { Field } from '#app/components/ui/field.tsx';
import { Select } from '#app/components/ui/input.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { PinCard } from '#app/routes/portal/voicemail/pin-card.tsx';
import { useChangeVoicemail, type Voicemail } from '#app/routes/portal/voicemail/use-voicemail.ts';

type SwitchName = 'doNotDisturb' | 'takesMessages' | 'mailMessages' | 'attachRecording' | 'deleteAfterMailing';

/** Switches take effect at once: with the next call, the next message. */
export function MailboxSettings({ box }: { box: Voicemail }) {
  const { t, locale } = useTexts();
  const change = useChangeVoicemail();
  const names = new Intl.DisplayNames(locale, { type: 'language' });
  const toggle = (name: SwitchName, disabled = false) => (
    <Switch
      checked={box[name]}
      disabled={disabled}
      onChange={(on) => void change({ [name]: on })}
      label={t(`voicemail.${name}`)}
      hint={t(`voicemail.${name}Hint`)}
    />
  );
  return (
    <div className="grid max-w-2xl gap-5">
      <Card title={t('voicemail.calls')}>
        <div className="grid gap-5">
          {toggle('doNotDisturb')}
          {toggle('takesMessages', !box.permitted)}
          <Field label={t('voicemail.language')} hint={t('voicemail.languageHint')}>
            {(control) => (
              <Select
                {...control}
                className="max-w-60"
                value={box.language ?? ''}
                onChange={(event) => void change({ language: event.target.value || null })}
              >
                <option value="">{t('voicemail.ownLanguage')}</option>
                {box.languages.map((code) => (
                  <option key={code} value={code}>
                    {names.of(code) ?? code}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      </Card>
      <Card title={t('voicemail.byMail')} text={mailText(box, t)}>
        <div className="grid gap-5">
          {toggle('mailMessages', box.email === null)}
          {toggle('attachRecording', !box.mailMessages)}
          {toggle('deleteAfterMailing', !box.mailMessages || !box.attachRecording)}
        </div>
      </Card>
      <PinCard box={box} />
    </div>
  );
}

function mailText({ email, canMail }: Voicemail, t: ReturnType<typeof useTexts>['t']): string {
  if (email === null) return t('voicemail.noEmail');
  return canMail ? t('voicemail.mailTo', { email }) : t('voicemail.noMailServer');
}
