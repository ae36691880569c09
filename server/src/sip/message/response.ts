import type { Source } from '../transport/types.ts';
import { type HeaderLine, wireText } from './header-line.ts';
import { SipMessage } from './message.ts';
import { SipSyntaxError } from './syntax.ts';

export class SipResponse extends SipMessage {
  readonly kind = 'response';
  /** Where it came from, set by the transport; in a response we made, where its request came from. */
  source: Source | undefined;
  private currentStatus: number;
  private currentReason: string;

  constructor(status: number, reason: string, lines: HeaderLine[], body: Buffer) {
    super(lines, body);
    this.currentStatus = status;
    this.currentReason = reason;
  }

  /** 100 to 699. */
  get status(): number {
    return this.currentStatus;
  }
  set status(status: number) {
    if (!Number.isInteger(status) || status < 100 || status > 699) throw new SipSyntaxError('status out of range');
    this.currentStatus = status;
    this.changed('');
  }

  get reason(): string {
    return this.currentReason;
  }
  set reason(reason: string) {
    this.currentReason = wireText(reason);
    this.changed('');
  }

  clone(): this {
    const copy = new SipResponse(this.currentStatus, this.currentReason, this.lines.slice(), this.body);
    copy.source = this.source;
    this.copyState(copy);
    return copy as this;
  }

  protected startLine(): string {
    return `SIP/2.0 ${this.currentStatus} ${this.currentReason}`;
  }
}
