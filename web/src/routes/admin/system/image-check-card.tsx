import { useRef, useState } from 'react';
import { problemOf, problemText } from '#app/api/problem.ts';
import type { Schema } from '#app/api/types.ts';
import { Button } from '#app/components/ui/button.tsx';
import { Card } from '#app/components/ui/card.tsx';
import { FileDrop } from '#app/components/ui/file-drop.tsx';
import { Notice } from '#app/components/ui/notice.tsx';
import { ProgressBar } from '#app/components/ui/progress.tsx';
import { useTexts } from '#app/i18n/index.ts';

type Check = Schema<'ImageCheck'>;

/** A new image is looked at before somebody boots it. It is only read: nothing of it stays here. */
export function ImageCheckCard() {
  const texts = useTexts();
  const { t } = texts;
  const [image, setImage] = useState<File | null>(null);
  const [signature, setSignature] = useState<File | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [verdict, setVerdict] = useState<Check | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const running = useRef<XMLHttpRequest | null>(null);

  const take = (file: File) => {
    setVerdict(null);
    setFailed(null);
    if (file.name.endsWith('.minisig')) setSignature(file);
    else setImage(file);
  };
  const check = async () => {
    if (!image) return;
    setVerdict(null);
    setFailed(null);
    setShare(0);
    const form = new FormData();
    // The signature first: the server has it when the last byte of the image arrives.
    form.append('signature', signature ? await signature.text() : '');
    form.append('file', image);
    const request = new XMLHttpRequest();
    running.current = request;
    request.open('POST', '/api/v1/update/check');
    request.setRequestHeader('X-Dialtone-Request', '1');
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => setShare(total > 0 ? loaded / total : 0);
    request.onloadend = () => {
      running.current = null;
      setShare(null);
      if (request.status === 200) setVerdict(request.response as Check);
      else if (request.status > 0) setFailed(problemText(request.response, texts));
      else setFailed(problemText(problemOf(undefined), texts));
    };
    request.onabort = () => setFailed(null);
    request.send(form);
  };

  return (
    <Card title={t('image.title')} text={t('image.text')}>
      <div className="grid gap-3">
        <FileDrop label={t('image.choose')} hint={t('image.chooseHint')} accept=".iso,.minisig" onFile={take} disabled={share !== null} />
        {(image ?? signature) && (
          <ul className="text-sm">
            <li>{image ? image.name : <span className="text-muted">{t('image.noImage')}</span>}</li>
            <li>{signature ? signature.name : <span className="text-muted">{t('image.noSignature')}</span>}</li>
          </ul>
        )}
        {share !== null && <ProgressBar value={share} label={t('image.reading')} />}
        {failed && <Notice tone="bad">{failed}</Notice>}
        {verdict && <Outcome verdict={verdict} />}
        <div className="flex gap-2">
          <Button look="primary" disabled={!image} busy={share !== null} onClick={() => void check()}>
            {t('image.check')}
          </Button>
          {share !== null && <Button onClick={() => running.current?.abort()}>{t('ui.cancel')}</Button>}
        </div>
      </div>
    </Card>
  );
}

/** The verdict in words. A refused image has no way on from here. */
function Outcome({ verdict }: { verdict: Check }) {
  const { t } = useTexts();
  if (!verdict.ok || verdict.effect === null) {
    return (
      <Notice tone="bad" title={t('image.refused')}>
        {verdict.code && t(`imageFault.${verdict.code}`)} {t('image.refusedText')}
      </Notice>
    );
  }
  return (
    <Notice tone={verdict.effect === 'older' ? 'warn' : 'ok'} title={t('image.good', { version: verdict.version ?? '' })}>
      {t(`imageEffect.${verdict.effect}`, { version: verdict.version ?? '', running: verdict.running })}
    </Notice>
  );
}
