import { QrCode, RotateCw } from 'lucide-react';
import { QRCodeSVG } from 'qrcode.react';
import { useState } from 'react';
import { problemText } from '#app/api/problem.ts';
import type { components } from '#app/api/schema.gen.ts';
import { Button } from '#app/components/ui/button.tsx';
import { CopyButton } from '#app/components/ui/copy-button.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { formatTalk } from '#app/lib/format.ts';
import { useNow } from '#app/lib/use-now.ts';

export type ProvisioningLink = components['schemas']['ProvisioningLink'];

/** The code a phone's camera reads. It holds nothing but a link that works once and for a few minutes. */
export function QrPanel({ first, create }: { first?: ProvisioningLink | null | undefined; create: () => Promise<ProvisioningLink> }) {
  const texts = useTexts();
  const { t } = texts;
  const [link, setLink] = useState(first ?? null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const now = useNow();
  const left = link ? Math.max(0, Math.floor((Date.parse(link.expiresAt) - now) / 1000)) : 0;

  const make = async () => {
    setBusy(true);
    setFailed(null);
    try {
      setLink(await create());
    } catch (error) {
      setFailed(problemText(error, texts));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="grid content-start justify-items-center gap-3 text-center">
      {failed && <Notice tone="bad">{failed}</Notice>}
      {link && left > 0 ? (
        <>
          <div className="rounded-lg border border-line bg-white p-3">
            <QRCodeSVG value={link.url} size={196} level="M" marginSize={1} title={t('qr.title')} />
          </div>
          <p className="tnum" role="timer" aria-live="off">
            {t('qr.left', { time: formatTalk(left) })}
          </p>
          <p className="flex items-center gap-1 text-xs text-muted">
            {t('qr.link')}
            <CopyButton text={link.url} name={t('qr.linkName')} />
          </p>
          {link.url.startsWith('http:') && <p className="max-w-64 text-xs text-warn">{t('qr.plain')}</p>}
        </>
      ) : (
        <>
          <div className="grid size-[222px] place-items-center rounded-lg border border-dashed border-edge/70 bg-raised p-4 text-muted">
            <span className="grid justify-items-center gap-2">
              <QrCode className="size-10" aria-hidden />
              {t(link ? 'qr.expired' : 'qr.none')}
            </span>
          </div>
          <Button look="primary" icon={link ? RotateCw : QrCode} busy={busy} onClick={() => void make()}>
            {t(link ? 'qr.again' : 'qr.make')}
          </Button>
        </>
      )}
      <p className="max-w-64 text-xs text-muted">{t('qr.safe')}</p>
    </div>
  );
}
