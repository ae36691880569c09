import type { ReactNode } from 'react';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { CallRecording } from '#app/components/calls/call-recording.tsx';
import { CallCost } from '#app/components/calls/calls-list.tsx';
import { OutcomeBadge, statusAdvice, statusText } from '#app/components/calls/sip-status.tsx';
import { Money } from '#app/components/money.tsx';
import { PersonLink } from '#app/components/person-link.tsx';
import { StepList } from '#app/components/step-list.tsx';
import { Badge } from '#app/components/ui/badge.tsx';
import { KeyValues } from '#app/components/ui/card.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatDateTime, formatTalk } from '#app/lib/format.ts';

export type CallDetail = Schema<'CallDetail'>;

export interface CallDrawerProps {
  open: boolean;
  onClose: () => void;
  query: { data: CallDetail | undefined; error: unknown; refetch: () => unknown };
  admin: boolean;
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="mt-6">
    <h3 className="label-caps mb-3 text-faint">{title}</h3>
    {children}
  </section>
);

/** One call in full: who, when, how it ended and what to do about it, and how its price came about. */
export function CallDrawer({ open, onClose, query, admin }: CallDrawerProps) {
  const texts = useTexts();
  const { t } = texts;
  return (
    <Dialog open={open} onClose={onClose} place="side" title={t('call.one')}>
      {query.data ? (
        <CallBody call={query.data} admin={admin} />
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={8} />
      )}
    </Dialog>
  );
}

function CallBody({ call, admin }: { call: CallDetail; admin: boolean }) {
  const texts = useTexts();
  const { t, maybe, locale } = texts;
  const answered = call.answeredAt !== null;
  const when = (at: string | null) => (at === null ? '–' : formatDateTime(at, locale));
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1">
        <span className="font-display text-2xl font-semibold">{answered ? <CallCost call={call} /> : t('call.notCharged')}</span>
        <span className="tnum text-lg text-muted">{formatTalk(call.talkSeconds)}</span>
        <OutcomeBadge status={call.status} refusal={call.refusal} answered={answered} app={call.app} />
        {call.endedBy === 'recovered' && <Badge tone="warn">{t('call.endedBy.recovered')}</Badge>}
      </div>
      <KeyValues
        className="mt-5"
        rows={[
          [
            t('call.from'),
            <PersonLink
              key="f"
              id={call.fromSubscriberId}
              text={call.fromName ? `${call.from} · ${call.fromName}` : call.from}
              admin={admin}
            />,
          ],
          [
            t('call.to'),
            <PersonLink
              key="t"
              id={call.toSubscriberId}
              text={call.toName ? `${call.dialled} · ${call.toName}` : call.dialled}
              admin={admin}
            />,
          ],
          call.destination !== null && [t('call.destination'), call.destination],
          [t('call.direction'), t(`call.direction.${call.direction}`)],
          [t('call.started'), when(call.startedAt)],
          answered && [t('call.answeredAt'), when(call.answeredAt)],
          [t('call.ended'), when(call.endedAt)],
          call.app !== null && [t('call.app'), maybe(`app.${call.app}`) ?? call.app],
          answered && [t('call.endedByWhom'), maybe(`call.endedBy.${call.endedBy}`) ?? call.endedBy],
          admin && call.gatewayName !== null && [t('call.gateway'), call.gatewayName],
        ]}
      />
      {!answered && (
        <Notice className="mt-5" tone={call.status === 487 || call.status === 486 ? 'info' : 'warn'} title={why(call, texts)}>
          {whatToDo(call, admin, texts)}
        </Notice>
      )}
      {call.recording && (
        <Section title={t('recording.title')}>
          <CallRecording callId={call.callId} seconds={call.recording.seconds} />
        </Section>
      )}
      {call.rate && (
        <Section title={t('call.howPriced')}>
          <p className="mb-3">
            <span className="tnum font-medium">{call.rate.prefix}</span> {call.rate.name} · <Money value={call.rate.pricePerMinute} />{' '}
            {t('rate.perMinute')} · <span className="tnum">{`${call.rate.firstIncrement}/${call.rate.nextIncrement}`}</span>
          </p>
          <StepList steps={call.steps} kind="price" />
        </Section>
      )}
      {admin && (
        <Section title={t('call.technical')}>
          <KeyValues
            rows={[
              ['SIP', `${call.status} ${call.reason}`],
              [
                'Call-ID',
                <code key="c" className="font-mono text-xs break-all">
                  {call.sipCallId}
                </code>,
              ],
              call.userAgent !== null && ['User-Agent', call.userAgent],
            ]}
          />
        </Section>
      )}
    </>
  );
}

const why = (call: CallDetail, texts: ReturnType<typeof useTexts>): string =>
  (call.refusal === null ? undefined : texts.maybe(`refusal.${call.refusal}`)) ?? `${call.status}: ${statusText(call.status, texts)}`;

/** Advice for whoever reads it: a subscriber can add neither rates nor gateways. */
function whatToDo({ refusal, status }: CallDetail, admin: boolean, texts: ReturnType<typeof useTexts>): string {
  const own = refusal === null || admin ? undefined : texts.maybe(`myRefusalDo.${refusal}`);
  const general = refusal === null ? undefined : texts.maybe(`refusalDo.${refusal}`);
  return own ?? general ?? statusAdvice(status, texts);
}
