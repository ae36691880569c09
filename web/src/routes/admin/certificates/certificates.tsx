import { useQueryClient } from '@tanstack/react-query';
import { Download, RefreshCw } from 'lucide-react';
import { api, http } from '#app/api/client.ts';
import { problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Badge } from '#app/components/ui/badge.tsx';
import { Button } from '#app/components/ui/button.tsx';
import { Card, KeyValues } from '#app/components/ui/card.tsx';
import { useConfirm } from '#app/components/ui/confirm.tsx';
import { LoadFailed } from '#app/components/ui/empty-state.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { PageHeader } from '#app/components/ui/page-header.tsx';
import { LoadingBlock } from '#app/components/ui/skeleton.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { When } from '#app/components/when.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { OrderCertificate } from '#app/routes/admin/certificates/order-certificate.tsx';
import { UploadCertificate } from '#app/routes/admin/certificates/upload-certificate.tsx';

type State = Schema<'CertificatesState'>;
type Certificate = Schema<'Certificate'>;

const DAY_MS = 86_400_000;
const path = ['get', '/api/v1/certificates'] as const;

/** Which certificate browsers and phones are shown, and how to come by a better one. */
export function Certificates() {
  const texts = useTexts();
  const { t } = texts;
  const client = useQueryClient();
  const query = api.useQuery('get', '/api/v1/certificates', {}, { refetchInterval: (q) => (q.state.data?.acme.running ? 2000 : false) });
  const refresh = () => client.invalidateQueries({ queryKey: path });
  return (
    <>
      <PageHeader title={t('nav.certificates')} text={t('cert.text')} />
      {query.data ? (
        <div className="grid max-w-4xl gap-5">
          <Situation state={query.data} />
          {query.data.items.map((item) => (
            <OneCertificate key={item.source} item={item} state={query.data} onChanged={refresh} />
          ))}
          <OrderCertificate state={query.data} onChanged={refresh} />
          <UploadCertificate onChanged={refresh} />
        </div>
      ) : query.error ? (
        <LoadFailed message={problemText(query.error, texts)} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingBlock lines={10} />
      )}
    </>
  );
}

function Situation({ state }: { state: State }) {
  const { t } = useTexts();
  const shown = state.items.find((item) => item.source === state.shown);
  if (state.https === null && state.sipTls.length === 0) return <Notice title={t('cert.offTitle')}>{t('cert.offText')}</Notice>;
  const where = [state.https && `https, ${state.https.port}`, ...state.sipTls].filter(Boolean).join(' · ');
  if (shown?.selfSigned)
    return (
      <Notice tone="warn" title={t('cert.selfSignedTitle')}>
        <p>{t('cert.selfSignedText')}</p>
        <p className="mt-1 text-xs text-muted">{t('cert.where', { where })}</p>
      </Notice>
    );
  return <Notice tone="ok">{t('cert.where', { where })}</Notice>;
}

function save(item: Certificate): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([item.pem], { type: 'application/x-pem-file' }));
  link.download = `${item.subject.replace(/[^A-Za-z0-9.-]+/g, '-')}.pem`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function OneCertificate({ item, state, onChanged }: { item: Certificate; state: State; onChanged: () => Promise<void> }) {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const shown = item.source === state.shown;
  const left = Math.floor((Date.parse(item.validTo) - Date.now()) / DAY_MS);

  const done = async ({ error, response }: { error?: unknown; response: Response }) => {
    if (!response.ok) toast.error(problemText(error, texts));
    await onChanged();
  };
  const use = async () => done(await http.PUT('/api/v1/certificates/shown', { body: { source: item.source } }));
  const renew = async () => {
    const yes = await ask({ title: t('cert.renewTitle'), text: t('cert.renewText'), action: t('cert.renew') });
    if (yes) await done(await http.POST('/api/v1/certificates/self-signed'));
  };
  const remove = async () => {
    const yes = await ask({ title: t('cert.removeTitle'), text: t('cert.removeText'), action: t('ui.delete'), danger: true });
    if (yes) await done(await http.DELETE('/api/v1/certificates/uploaded'));
  };

  return (
    <Card
      title={t(`cert.source.${item.source}`)}
      actions={
        <>
          {shown && <Badge tone="primary">{t('cert.shown')}</Badge>}
          {!shown && (
            <Button size="sm" onClick={() => void use()}>
              {t('cert.use')}
            </Button>
          )}
          <Button size="sm" icon={Download} onClick={() => save(item)}>
            {t('cert.download')}
          </Button>
          {item.source === 'self-signed' && (
            <Button size="sm" icon={RefreshCw} onClick={() => void renew()}>
              {t('cert.renew')}
            </Button>
          )}
          {item.source === 'uploaded' && (
            <Button size="sm" look="danger-quiet" onClick={() => void remove()}>
              {t('ui.delete')}
            </Button>
          )}
        </>
      }
    >
      <KeyValues
        rows={[
          [
            t('cert.names'),
            <span key="n" className="font-mono text-xs break-all">
              {item.names.join(', ')}
            </span>,
          ],
          [t('cert.issuer'), item.selfSigned ? t('cert.ourselves') : item.issuer],
          [
            t('cert.validTo'),
            <span key="v" className="flex flex-wrap items-center gap-2">
              <When at={item.validTo} />
              {left < 0 ? (
                <Badge tone="bad">{t('cert.expired')}</Badge>
              ) : (
                left < 14 && <Badge tone="warn">{t('cert.daysLeft', { count: left })}</Badge>
              )}
            </span>,
          ],
          [
            t('cert.fingerprint'),
            <span key="f" className="font-mono text-xs break-all">
              {item.fingerprint}
            </span>,
          ],
          [t('cert.key'), item.keyType],
        ]}
      />
      {item.source === 'self-signed' && shown && state.ownNames.some((name) => !item.names.includes(name)) && (
        <p className="mt-3 text-sm text-muted">
          {t('cert.missingNames', { names: state.ownNames.filter((name) => !item.names.includes(name)).join(', ') })}
        </p>
      )}
    </Card>
  );
}
