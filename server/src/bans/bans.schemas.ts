import { isIP } from 'node:net';
import { z } from 'zod';
import { lineText, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

export const ban = z
  .object({
    id: z.int(),
    address: z.string().describe('An address; of IPv6 its whole network of 64 bits'),
    reason: z.enum(['sip-password', 'web-login', 'by-hand']),
    note: z.string().nullable(),
    failures: z.int().describe('Wrong passwords that led to it'),
    actor: z.string().nullable(),
    createdAt: timeText,
    expiresAt: timeText,
  })
  .meta({ id: 'Ban' });
export type BanDto = z.infer<typeof ban>;

export const banPage = pageOf(ban).meta({ id: 'BanPage' });
export const banQuery = sortedPageQuery(['address', 'createdAt', 'expiresAt', 'reason'], '-createdAt');
export type BanQuery = z.infer<typeof banQuery>;

export const newBan = z
  .strictObject({
    address: z
      .string()
      .trim()
      .toLowerCase()
      .refine((text) => isIP(text) !== 0 && !text.includes('%'), { error: 'Expected an IP address such as 203.0.113.7' }),
    seconds: z
      .int()
      .min(60)
      .max(30 * 86_400)
      .optional()
      .describe('How long; the setting when left out'),
    note: lineText(200).nullable().optional(),
  })
  .meta({ id: 'NewBan' });
export type NewBan = z.infer<typeof newBan>;
