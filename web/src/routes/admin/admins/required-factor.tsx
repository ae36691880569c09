import { useState } from 'react';
import { Button } from '#app/components/ui/button.tsx';
import { useT } from '#app/i18n/index.ts';
import { EnrolDialog } from '#app/routes/admin/admins/enrol-dialog.tsx';
import { RecoveryCodesDialog } from '#app/routes/admin/admins/recovery-codes.tsx';
import { FrontCard } from '#app/routes/public/front-card.tsx';
import { PublicLayout } from '#app/routes/public/public-layout.tsx';
import { useLogout } from '#app/shell/account-menu.tsx';

interface RequiredFactorProps {
  /** It is on; the recovery codes are still to be read. */
  onEnrolled: () => void;
  /** The codes were kept. */
  onDone: () => void;
}

/** All that an administrator without a second factor gets to see where the settings demand one. */
export function RequiredFactor({ onEnrolled, onDone }: RequiredFactorProps) {
  const t = useT();
  const logout = useLogout();
  const [enrolling, setEnrolling] = useState(false);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return (
    <PublicLayout>
      <FrontCard title={t('factor.enrolTitle')} text={t('factor.neededText')}>
        <p>{t('factor.whatFor')}</p>
        <div className="mt-5 flex flex-wrap gap-2">
          <Button look="primary" onClick={() => setEnrolling(true)}>
            {t('factor.setUp')}
          </Button>
          <Button onClick={() => void logout()}>{t('shell.logout')}</Button>
        </div>
      </FrontCard>
      {enrolling && (
        <EnrolDialog
          onClose={() => setEnrolling(false)}
          onDone={(given) => {
            setEnrolling(false);
            setCodes(given);
            onEnrolled();
          }}
        />
      )}
      {codes && <RecoveryCodesDialog codes={codes} onClose={onDone} />}
    </PublicLayout>
  );
}
