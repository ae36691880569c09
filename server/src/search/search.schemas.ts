import { z } from 'zod';
import { moneyText } from '../http/index.ts';

export const searchQuery = z.strictObject({
  q: z.string().trim().min(1).max(100),
  limit: z.coerce.number().int().min(1).max(20).default(8),
});
export type SearchQuery = z.output<typeof searchQuery>;

export const searchResult = z
  .object({
    subscribers: z.array(z.object({ id: z.int(), number: z.string(), domain: z.string(), displayName: z.string(), status: z.string() })),
    numbers: z.array(
      z.object({
        id: z.int(),
        number: z.string(),
        kind: z.enum(['alias', 'did']),
        subscriberId: z.int().nullable(),
        subscriberNumber: z.string().nullable(),
      }),
    ),
    rates: z
      .array(
        z.object({
          tariffId: z.int(),
          tariffName: z.string(),
          rateId: z.int(),
          prefix: z.string(),
          name: z.string(),
          pricePerMinute: moneyText,
          blocked: z.boolean(),
        }),
      )
      .describe('For a typed telephone number: what it costs in each tariff, by longest prefix; else rates whose name fits'),
    settings: z.array(z.string()).describe('Keys of the settings page'),
  })
  .meta({ id: 'SearchResult' });
export type SearchResult = z.infer<typeof searchResult>;
