import type { Dialog } from '../../sip/dialog/index.ts';
import { createResponse, type SipRequest, type SipResponse } from '../../sip/message/index.ts';
import type { ServerTransaction } from '../../sip/transaction/index.ts';
import { ALLOW, type Headers, reasonHeader } from '../dialog/headers.ts';

/** A response of ours inside a dialog, with our session description where there is one to give. */
export function replyIn(
  dialog: Dialog,
  request: SipRequest,
  [status, reason]: readonly [number, string],
  headers: Headers = [],
  description?: Buffer,
): SipResponse {
  return createResponse(request, status, reason, {
    toTag: dialog.localTag,
    headers: [['Contact', dialog.contact], ['Allow', ALLOW], ...headers],
    ...(description && { body: description, contentType: 'application/sdp' }),
  });
}

/** A refusal that says why. */
export const refusalOf = ({ request, localTag }: ServerTransaction, status: number, reason: string): SipResponse =>
  createResponse(request, status, reason, { toTag: localTag, headers: [reasonHeader(status, reason)] });
