import type { z } from 'zod';
import type {
  createdSubscriber,
  newSubscriber,
  SubscriberDetail,
  SubscriberImportResult,
  SubscriberRow,
  shownSipPassword,
} from '../subscribers/subscriber.schemas.ts';
import { type ApiClient, CommandError } from './api-client.ts';

export type Created = z.infer<typeof createdSubscriber>;
export type ShownPassword = z.infer<typeof shownSipPassword>;
export type NewSubscriberBody = z.input<typeof newSubscriber>;

/** `1001` or `1001@sip.example.org`. */
function splitAddress(text: string): { number: string; domain?: string } {
  const at = text.lastIndexOf('@');
  return at < 0 ? { number: text } : { number: text.slice(0, at), domain: text.slice(at + 1) };
}

/**
 * The one subscriber of a number.
 * @throws {CommandError} when there is none, or one in several domains
 */
export async function subscriberOf(api: ApiClient, address: string): Promise<SubscriberRow> {
  const found = await api.get<{ items: SubscriberRow[] }>('/subscribers', splitAddress(address));
  const [first, second] = found.items;
  if (!first) throw new CommandError(`No subscriber ${address}. "dialtone subscriber list" shows them all`);
  if (second) throw new CommandError(`${address} exists in several domains; write ${first.number}@${first.domain}`);
  return first;
}

export async function subscriberDetailOf(api: ApiClient, address: string): Promise<SubscriberDetail> {
  return api.get(`/subscribers/${(await subscriberOf(api, address)).id}`);
}

/** All pages of the list, or the one page asked for. */
export async function listSubscribers(api: ApiClient, q: string | undefined): Promise<{ items: SubscriberRow[]; total: number }> {
  const items: SubscriberRow[] = [];
  for (let page = 1; ; page++) {
    const answer = await api.get<{ items: SubscriberRow[]; total: number }>('/subscribers', { page, pageSize: 250, q });
    items.push(...answer.items);
    if (items.length >= answer.total || answer.items.length === 0) return { items, total: answer.total };
  }
}

/** The rejected rows in words, for an import that changed nothing. */
export const importFaults = (result: SubscriberImportResult): string =>
  result.errors.map((e) => `  row ${e.row}, ${e.column}: expected ${e.expected}, found ${JSON.stringify(e.found)}`).join('\n');
