import type { ServerTransaction } from './types.ts';

/**
 * Answers a CANCEL (RFC 3261 9.2): 481 when it cancels nothing we know, else 200. The request it cancels hears of it only while it has
 * no final response.
 */
export function answerCancel(transaction: ServerTransaction): void {
  const { cancels } = transaction;
  if (cancels === undefined) {
    transaction.reply(481);
    return;
  }
  transaction.reply(200);
  if (!cancels.answered) cancels.onCancel?.();
}
