import type { NameAddr } from '../sip/message/index.ts';

/** One Contact of a REGISTER, read. */
export interface ContactRequest {
  readonly contact: string;
  readonly address: NameAddr;
  readonly params: string;
  readonly q: number;
  /** Seconds asked for, before limits; 0 removes. */
  readonly expires: number;
  readonly instance: string | null;
  readonly regId: number | null;
}

const MAX_URI = 400;

/**
 * Reads one Contact. The text is copied out of the datagram, which would stay in memory as long as any part of it is kept.
 * @returns undefined when it is no address that a call can be sent to.
 */
export function readContact(address: NameAddr, headerExpires: number | undefined, defaultExpires: number): ContactRequest | undefined {
  const { uri } = address;
  if ((uri.scheme !== 'sip' && uri.scheme !== 'sips') || uri.host === '') return undefined;
  const contact = detach(uri.toString());
  if (contact.length > MAX_URI) return undefined;
  const instance = textParam(address, '+sip.instance');
  const regId = Number(textParam(address, 'reg-id'));
  const others = address.params.clone();
  others.delete('expires');
  others.delete('q');
  const params = detach(others.toString());
  return {
    contact,
    address,
    params: params.length > MAX_URI ? '' : params,
    q: readQ(textParam(address, 'q')),
    expires: readExpires(textParam(address, 'expires')) ?? headerExpires ?? defaultExpires,
    instance: instance === undefined ? null : detach(instance),
    regId: instance !== undefined && Number.isInteger(regId) && regId > 0 && regId < 2 ** 31 ? regId : null,
  };
}

export const detach = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

function textParam(address: NameAddr, name: string): string | undefined {
  const value = address.params.get(name);
  return value === true ? undefined : value;
}

/** A malformed value counts as if it was not there (RFC 3261 20.10, 20.19: the default then). */
const readExpires = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Math.min(Number(text), 2 ** 32 - 1) : undefined;

/** q as thousandths; without one a contact is as good as the best. */
const readQ = (text: string | undefined): number =>
  text !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Math.round(Number(text) * 1000) : 1000;

export const writeQ = (q: number): string => (q === 1000 ? '1' : (q / 1000).toString());
