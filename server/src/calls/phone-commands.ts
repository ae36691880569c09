import type { SipRequest, SipResponse } from '../sip/message/index.ts';

/**
 * Headers by which one side makes the phone of the other do something by itself: fetch an address (ringing tone, picture, error text;
 * RFC 3261 20.4, 20.9, 20.18), or pick up and turn its microphone on (RFC 5373, `answer-after` in Call-Info, Alert-Info).
 */
const commands = ['alert-info', 'call-info', 'error-info', 'answer-mode', 'priv-answer-mode', 'p-auto-answer'];

/** Nobody has the phones of others at his command: neither subscribers, nor gateways, which pass on what strangers say. */
export function dropPhoneCommands(message: SipRequest | SipResponse): void {
  for (const name of commands) if (message.has(name)) message.remove(name);
}
