import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';
import { copyText } from '#app/lib/clipboard.ts';

export function CopyButton({ text, name }: { text: string; name: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <Button
        look="quiet"
        size="icon-sm"
        icon={copied ? Check : Copy}
        aria-label={t('ui.copyOf', { name })}
        title={t('ui.copyOf', { name })}
        onClick={() => void copyText(text).then(setCopied)}
      />
      <span role="status" className="sr-only">
        {copied ? t('ui.copied') : ''}
      </span>
    </>
  );
}

/** A value in type-writer letters with its copy button. */
export const CopyValue = ({ value, name }: { value: string; name: string }) => (
  <span className="inline-flex max-w-full items-center gap-1">
    <code className="min-w-0 font-mono text-sm break-all">{value}</code>
    <CopyButton text={value} name={name} />
  </span>
);
