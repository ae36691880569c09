import type { SipRequest, SipResponse } from '../../sip/message/index.ts';

/** Where a session description stands in the body of a message. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** The session description that a message carries: its body, or the part of a multipart body that is one (RFC 3261 7.4.1). */
export function descriptionOf(message: SipRequest | SipResponse): Buffer | undefined {
  const place = placeIn(message);
  return place && message.body.subarray(place.start, place.end);
}

/** Puts another session description in the place of the one the message carries; the other parts and Content-Length stay right. */
export function replaceDescription(message: SipRequest | SipResponse, sdp: Buffer): void {
  const place = placeIn(message);
  if (!place || sdp.equals(message.body.subarray(place.start, place.end))) return;
  message.setBody(Buffer.concat([message.body.subarray(0, place.start), sdp, message.body.subarray(place.end)]));
}

function placeIn(message: SipRequest | SipResponse): Place | undefined {
  const { body } = message;
  if (body.length === 0) return undefined;
  const type = message.get('Content-Type') ?? 'application/sdp';
  if (/^application\/sdp\b/i.test(type)) return { start: 0, end: body.length };
  const boundary = /^multipart\/[^;]+;(?:.*;)?\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(type);
  return boundary ? placeInParts(body, boundary[1] ?? boundary[2]!) : undefined;
}

/** RFC 2046 5.1.1: the line break before a boundary belongs to the boundary. */
function placeInParts(body: Buffer, boundary: string): Place | undefined {
  const text = body.toString('latin1');
  const mark = `--${boundary}`;
  for (let at = text.indexOf(mark); at >= 0; ) {
    const head = text.indexOf('\n', at + mark.length) + 1;
    const next = text.indexOf(`\n${mark}`, head);
    if (head === 0 || next < 0) return undefined;
    const gap = /\r?\n\r?\n/g;
    gap.lastIndex = head;
    const blank = gap.exec(text);
    if (blank && blank.index < next && /^content-type\s*:\s*application\/sdp\b/im.test(text.slice(head, blank.index)))
      return { start: gap.lastIndex, end: text[next - 1] === '\r' ? next - 1 : next };
    at = next + 1;
  }
  return undefined;
}
