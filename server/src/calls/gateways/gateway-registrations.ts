import type { Directory } from '../../directory/directory.ts';
import type { Gateway } from '../../directory/types.ts';
import { answerChallenge } from '../../sip/digest.ts';
import { type SipResponse, SipUri } from '../../sip/message/index.ts';
import { token } from '../../sip/token.ts';
import type { Cancel, Clock } from '../../sip/transaction/index.ts';
import type { GatewayMonitor } from './gateway-monitor.ts';
import { gatewayUri } from './gateway-target.ts';
import type { OutOfDialogSender } from './out-of-dialog.ts';

const ASK_SECONDS = 600;
const RETRY_MS = 60_000;
/** A gateway that refuses the password is not asked again soon: it might lock the account. */
const REFUSED_RETRY_MS = 15 * 60_000;

interface Account {
  readonly gateway: Gateway;
  /** One Call-ID for all registrations of one boot (RFC 3261 10.2). */
  readonly callId: string;
  cseq: number;
  /** Seconds to ask for; a 423 raises it. */
  expires: number;
  timer: Cancel;
  /** It holds a registration of ours: it is told when that ends. */
  registered: boolean;
}

/** Registers us at the gateways that want it, with digest, and keeps the registration alive. */
export class GatewayRegistrations {
  readonly #directory: Directory;
  readonly #monitor: GatewayMonitor;
  readonly #sender: OutOfDialogSender;
  readonly #clock: Clock;
  readonly #accounts = new Map<number, Account>();
  readonly #leave: () => void;

  constructor(o: { directory: Directory; monitor: GatewayMonitor; sender: OutOfDialogSender; clock: Clock }) {
    this.#directory = o.directory;
    this.#monitor = o.monitor;
    this.#sender = o.sender;
    this.#clock = o.clock;
    this.#leave = o.directory.onChange(({ kind, id }) => {
      if (kind === 'gateway') this.#begin(Number(id));
    });
    for (const { id } of o.directory.gateways()) this.#begin(id);
  }

  /** Ends all registrations; the gateways are told, without waiting for their answer longer than `ms`. */
  async stop(ms = 1_000): Promise<void> {
    this.#leave();
    const goodbyes = [...this.#accounts.values()].map((account) => this.#end(account));
    this.#accounts.clear();
    if (goodbyes.length > 0) await Promise.race([Promise.all(goodbyes), new Promise<void>((resolve) => this.#clock.after(ms, resolve))]);
  }

  #begin(gatewayId: number): void {
    const old = this.#accounts.get(gatewayId);
    this.#accounts.delete(gatewayId);
    const gateway = this.#directory.gateway(gatewayId);
    if (old) void this.#end(old);
    if (!gateway?.enabled || !gateway.register || gateway.username === null) return;
    const account: Account = { gateway, callId: token(24), cseq: 0, expires: ASK_SECONDS, timer: () => undefined, registered: false };
    this.#accounts.set(gatewayId, account);
    account.timer = this.#clock.after(0, () => void this.#register(account));
  }

  async #end(account: Account): Promise<void> {
    account.timer();
    if (account.registered) await this.#exchange(account, 0);
  }

  async #register(account: Account): Promise<void> {
    const { id } = account.gateway;
    if (this.#monitor.status(id).registration !== 'registered') this.#monitor.registration(id, 'trying');
    let fault: string | undefined;
    const answer = await this.#exchange(account, account.expires, (why) => {
      fault = why;
    });
    account.registered = answer !== undefined && answer.status < 300;
    if (this.#accounts.get(id) !== account) return;
    const again = (ms: number) => {
      account.timer = this.#clock.after(ms, () => void this.#register(account));
    };
    if (answer && answer.status < 300) {
      this.#monitor.registration(id, 'registered');
      // Before the time is over, with room for some attempts.
      again(Math.max(10, grantedSeconds(answer, account) * 0.8) * 1000);
    } else if (answer?.status === 423 && Number(answer.get('Min-Expires')) > account.expires) {
      account.expires = Number(answer.get('Min-Expires'));
      again(0);
    } else {
      this.#monitor.registration(
        id,
        'failed',
        answer ? `REGISTER was answered with ${answer.status} ${answer.reason}` : (fault ?? 'no answer to REGISTER'),
      );
      again(answer && answer.status >= 400 && answer.status < 500 ? REFUSED_RETRY_MS : RETRY_MS);
    }
  }

  /** One REGISTER, and once more with the answer to its challenge. */
  async #exchange(account: Account, expires: number, onFault?: (why: string) => void): Promise<SipResponse | undefined> {
    const { gateway } = account;
    const uri = gatewayUri(gateway);
    const aor = new SipUri('sip', gateway.username ?? '', gateway.host.toLowerCase());
    const send = (headers: [string, string][]) =>
      this.#sender.send({
        ...{
          method: 'REGISTER',
          uri,
          from: aor,
          to: aor,
          callId: account.callId,
          cseq: ++account.cseq,
          contactUser: gateway.username ?? '',
        },
        headers: [['Expires', String(expires)], ...headers],
        onFault,
      });
    const first = await send([]);
    if (!first || (first.status !== 401 && first.status !== 407)) return first;
    const credentials = { username: gateway.username ?? '', password: gateway.password ?? '' };
    const answer = answerChallenge(first, credentials, { method: 'REGISTER', uri: uri.toString() });
    return answer ? send([[answer.name, answer.value]]) : first;
  }
}

/** What the gateway granted for our contact: its own parameter, else the header, else what we asked for (RFC 3261 10.2.4). */
function grantedSeconds(answer: SipResponse, account: Account): number {
  const { contacts } = answer;
  const own = contacts === '*' ? [] : contacts.filter(({ uri }) => uri.user === account.gateway.username);
  for (const { params } of own) {
    const value = params.get('expires');
    if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  }
  return answer.expires ?? account.expires;
}
