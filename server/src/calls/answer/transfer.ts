import type { SipRequest, SipUri } from '../../sip/message/index.ts';
import type { Cancel, Clock } from '../../sip/transaction/index.ts';
import type { Leg } from '../dialog/leg.ts';
import type { InDialog } from './in-dialog.ts';

/** How long a phone that took the REFER may say nothing of it. */
const QUIET_MS = 10_000;

/**
 * Asks the phone at the other end of the dialog to call somebody (RFC 3515). True once its call goes on, or it hangs up because of it;
 * false when it refuses, or its call fails.
 */
export function transfer(leg: Leg, inDialog: InDialog, uri: SipUri, ports: { clock: Clock; hungUp: AbortSignal }): Promise<boolean> {
  return new Promise((resolve) => {
    let stop: Cancel = () => undefined;
    const settle = (done: boolean) => {
      stop();
      inDialog.onNotify = undefined;
      ports.hungUp.removeEventListener('abort', onHungUp);
      resolve(done);
    };
    const onHungUp = () => settle(true);
    ports.hungUp.addEventListener('abort', onHungUp);
    inDialog.onNotify = (request) => {
      const status = statusOf(request);
      if (status >= 300) settle(false);
      else if (status >= 180) settle(true);
    };
    const headers: [string, string][] = [
      ['Refer-To', `<${uri.toString()}>`],
      ['Referred-By', leg.dialog.contact],
      ['Contact', leg.dialog.contact],
    ];
    leg.send('REFER', headers, undefined, {
      onResponse: ({ status }) => {
        if (status >= 300) settle(false);
        else if (status >= 200) stop = ports.clock.after(QUIET_MS, () => settle(true));
      },
      onFailed: () => settle(false),
    });
  });
}

/** Status line in a message/sipfrag; 0 when there is none. */
const statusOf = (notify: SipRequest): number => Number(/^SIP\/2\.0 (\d{3})/.exec(notify.body.toString('latin1'))?.[1] ?? 0);
