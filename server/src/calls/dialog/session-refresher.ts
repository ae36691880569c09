import { readSessionTimerAnswer } from '../../sip/dialog/index.ts';
import type { SipResponse } from '../../sip/message/index.ts';
import type { Clock } from '../../sip/transaction/index.ts';
import type { SessionTimes } from '../stage.ts';
import { ALLOW } from './headers.ts';
import type { Leg } from './leg.ts';

/** A refresh that comes at the wrong moment is tried again. */
const REFRESH_LATER_MS = 3_000;

/** Keeps the session timer of a dialog going (RFC 4028). */
export class SessionRefresher {
  readonly #clock: Clock;
  readonly #times: SessionTimes;
  readonly #lost: (leg: Leg, why: string) => void;

  /** @param lost the other side does not know the dialog any more, or says nothing. */
  constructor(clock: Clock, times: SessionTimes, lost: (leg: Leg, why: string) => void) {
    this.#clock = clock;
    this.#times = times;
    this.#lost = lost;
  }

  /** Refreshes the session of one side: by UPDATE where it takes one, else by a re-INVITE with the session it has. */
  refresh(leg: Leg): void {
    if (leg.takesUpdate) {
      leg.send('UPDATE', leg.sessionHeaders(this.#times), undefined, {
        onResponse: (response) => this.#refreshed(leg, response),
        onFailed: () => this.#lost(leg, 'No answer to the session refresh'),
      });
      return;
    }
    const { peer, lastSent } = leg;
    if (leg.inviteOut || leg.inviteIn || peer?.inviteIn || leg.answer?.waiting || !lastSent) {
      this.#later(leg);
      return;
    }
    leg.inviteOut = true;
    leg.offers.sent();
    leg.send('INVITE', [['Allow', ALLOW], ...leg.sessionHeaders(this.#times)], lastSent, {
      onResponse: (response, seq) => {
        if (response.status < 200) return;
        leg.inviteOut = false;
        leg.offers.reset();
        if (response.status < 300) leg.sendAck(seq);
        this.#refreshed(leg, response);
      },
      onFailed: () => this.#lost(leg, 'No answer to the session refresh'),
    });
  }

  /**
   * Starts the session timer of a side by its 2xx to our request. A peer without the extension is refreshed by us all the same: its
   * silence is how a lost BYE shows.
   */
  start(leg: Leg, response: SipResponse): void {
    const agreed = readSessionTimerAnswer(response);
    leg.session.start(agreed?.seconds ?? this.#times.seconds, (agreed?.refresher ?? 'uac') === 'uac');
  }

  #refreshed(leg: Leg, response: SipResponse): void {
    const { status } = response;
    if (status < 200 || !leg.session.running) return;
    if (status < 300) this.start(leg, response);
    else if (status === 408 || status === 481) this.#lost(leg, 'The session is gone');
    else if (status === 491) this.#later(leg);
    // Any other refusal leaves the session to run out (RFC 4028 10).
  }

  #later(leg: Leg): void {
    this.#clock.after(REFRESH_LATER_MS, () => {
      if (leg.session.running) this.refresh(leg);
    });
  }
}
