import { useState } from 'react';
import { http } from '#app/api/client.ts';
import { problemOf, problemText } from '#app/api/problem.ts';
import { type Question, useConfirm } from '#app/components/ui/confirm.tsx';
import { toast } from '#app/components/ui/toast.tsx';
import { useTexts } from '#app/i18n/index.ts';

/** Why this page will not be answered for a while, or ever. */
export type Going = 'reboot' | 'poweroff' | 'disk' | 'erase' | 'undo' | 'service';

export interface PowerActions {
  /** What is under way; null while the machine simply runs. */
  readonly going: Going | null;
  readonly setGoing: (going: Going | null) => void;
  readonly reboot: () => Promise<void>;
  readonly powerOff: () => Promise<void>;
  /** In demo mode: start again, and choose a disk then. */
  readonly chooseDisk: () => Promise<void>;
  readonly restartService: (name: string, title: string) => Promise<void>;
}

/** The calls that would be cut; undefined when that cannot be said. */
async function callsNow(): Promise<number | undefined> {
  const { data } = await http.GET('/api/v1/active-calls', { params: { query: { pageSize: 1 } } });
  return data?.total;
}

/** Everything that ends calls asks first, and says how many. */
export function usePower(): PowerActions {
  const texts = useTexts();
  const { t } = texts;
  const ask = useConfirm();
  const [going, setGoing] = useState<Going | null>(null);

  const asked = async (question: Question): Promise<boolean> => {
    const calls = await callsNow();
    const cut = calls === undefined ? t('power.callsUnknown') : calls === 0 ? t('power.noCalls') : t('power.calls', { count: calls });
    return ask({ danger: true, ...question, text: `${cut} ${question.text ?? ''}`.trim() });
  };
  const power = async (action: 'reboot' | 'poweroff', next: Going) => {
    const { error, response } = await http.POST('/api/v1/host/power', { body: { action } });
    if (response.ok) setGoing(next);
    else toast.error(problemText(error, texts));
  };

  return {
    going,
    setGoing,
    reboot: async () => {
      if (await asked({ title: t('power.rebootTitle'), text: t('power.rebootText'), action: t('power.reboot') })) {
        await power('reboot', 'reboot');
      }
    },
    powerOff: async () => {
      if (await asked({ title: t('power.offTitle'), text: t('power.offText'), action: t('power.off') })) {
        await power('poweroff', 'poweroff');
      }
    },
    chooseDisk: async () => {
      if (await asked({ title: t('power.diskTitle'), text: t('power.diskText'), action: t('power.disk') })) {
        await power('reboot', 'disk');
      }
    },
    restartService: async (name, title) => {
      const own = name === 'dialtone';
      const question = { title: t('service.restartTitle', { name: title }), action: t('service.restart') };
      if (!(own ? await asked(question) : await ask({ ...question, text: t('service.restartText') }))) return;
      try {
        const { error, response } = await http.POST('/api/v1/host/services/restart', { body: { name } });
        if (!response.ok) throw error;
        if (own) setGoing('service');
        else toast.success(t('service.restarted', { name: title }));
      } catch (error) {
        // The server that restarts itself may be gone before it answers.
        if (own && problemOf(error).code === 'network') setGoing('service');
        else toast.error(problemText(error, texts));
      }
    },
  };
}
