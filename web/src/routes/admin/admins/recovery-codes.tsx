import { Check, Copy, Download } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { Dialog } from '#app/components/ui/dialog.tsx';
import { useTexts } from '#app/i18n/index.ts';
import { copyText } from '#app/lib/clipboard.ts';
import { saveFile } from '#app/lib/csv.ts';
import { useSession } from '#app/session/session.ts';

/** The recovery codes, which the server shows once: to copy or to save, and gone with the dialog. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useTexts();
  const me = useSession();
  const [copied, setCopied] = useState(false);
  const save = () => {
    const head = t('factor.fileFor', { login: me?.login ?? '', host: location.host });
    saveFile('dialtone-recovery-codes.txt', [`${head}\r\n\r\n${codes.join('\r\n')}\r\n`], 'text/plain;charset=utf-8');
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('factor.recoveryTitle')}
      description={t('factor.recoveryText')}
      sticky
      footer={
        <Button look="primary" onClick={onClose}>
          {t('factor.kept')}
        </Button>
      }
    >
      <div className="grid gap-4">
        <ol className="grid gap-x-6 gap-y-1.5 rounded-lg border border-line bg-sunken p-4 sm:grid-cols-2">
          {codes.map((code) => (
            <li key={code} className="font-mono text-sm whitespace-nowrap">
              {code}
            </li>
          ))}
        </ol>
        <div className="flex flex-wrap gap-2">
          <Button icon={copied ? Check : Copy} onClick={() => void copyText(codes.join('\n')).then(setCopied)}>
            {t(copied ? 'factor.copied' : 'factor.copyAll')}
          </Button>
          <Button icon={Download} onClick={save}>
            {t('factor.save')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
