import type { SipRequest, SipUri } from '../sip/message/index.ts';
import type { Locator, ProxyCore } from '../sip/proxy/index.ts';
import type { ServerTransaction, TransactionLayer } from '../sip/transaction/index.ts';
import type { Call } from './call.ts';
import type { Relays } from './media/relays.ts';
import type { PhoneFlows } from './nat/phone-flows.ts';
import type { PhoneBranch } from './phone-target.ts';
import type { StageFailure } from './stage.ts';

/** What calls between phones are given by the node. */
export interface RingPorts {
  readonly proxy: ProxyCore;
  readonly transactions: TransactionLayer;
  readonly locator: Locator;
  readonly isOurs: (uri: SipUri) => boolean;
  readonly relays: Relays;
  readonly flows: PhoneFlows;
  /** Takes off what goes on what is nobody else's business: our credentials, orders to phones. */
  readonly strip: (request: SipRequest) => void;
}

export interface RingJob {
  readonly call: Call;
  readonly tx: ServerTransaction;
  readonly groups: readonly (readonly PhoneBranch[])[];
  readonly ringMs: number;
  /** Longest talk; a call whose BYE was lost ends with it. null = no limit. */
  readonly maxMs: number | null;
  /** The caller sits behind a NAT or on a connection: requests to him go back the way he came. */
  readonly callerPinned: boolean;
  readonly onFailed: (failure: StageFailure) => void;
}
