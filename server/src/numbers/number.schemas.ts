import { z } from 'zod';
import { idParam, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

const aliasText = /^[A-Za-z0-9+][A-Za-z0-9._+-]{0,63}$/;
const didText = /^[1-9][0-9]{2,14}$/;
// Only sip: to a user at a host; no headers, which could smuggle fields into a request (RFC 3261 section 19.1.5).
const sipTarget = /^sips?:[A-Za-z0-9._~+*-]{1,64}@(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?(;transport=(udp|tcp|tls))?$/;

const target = z.string().trim().max(400).regex(sipTarget, { error: 'Expected a SIP URI such as sip:1001@example.org' });

export const newNumber = z
  .strictObject({
    number: z.string().trim().min(1).max(64),
    kind: z.enum(['alias', 'did']),
    domain: z.string().trim().toLowerCase().max(253).nullable().optional().describe('Of an alias. Default: the domain of the settings'),
    subscriberId: z.int().min(1).nullable().optional(),
    target: target.nullable().optional().describe('SIP URI, when it does not lead to a subscriber'),
  })
  .superRefine((body, context) => {
    if (body.kind === 'alias' && (!aliasText.test(body.number) || body.number.startsWith('00'))) {
      context.addIssue({ code: 'custom', path: ['number'], message: 'Expected a user part such as anna or 2001' });
    }
    if (body.kind === 'did' && !didText.test(body.number.replace(/^\+/, ''))) {
      context.addIssue({ code: 'custom', path: ['number'], message: 'Expected E.164 digits such as 34911234567' });
    }
    if (body.subscriberId != null && body.target != null) {
      context.addIssue({ code: 'custom', path: ['target'], message: 'A number leads to a subscriber or to a target, not to both' });
    }
    if (body.kind === 'alias' && body.subscriberId == null && body.target == null) {
      context.addIssue({ code: 'custom', path: ['subscriberId'], message: 'An alias needs a subscriber or a target' });
    }
  })
  .meta({ id: 'NewNumber' });
export type NewNumber = z.output<typeof newNumber>;

export const numberPatch = z
  .strictObject({ subscriberId: z.int().min(1).nullable(), target: target.nullable() })
  .partial()
  .refine((body) => body.subscriberId == null || body.target == null, { path: ['target'], error: 'A subscriber or a target, not both' })
  .meta({ id: 'NumberPatch' });
export type NumberPatch = z.output<typeof numberPatch>;

export const numberQuery = sortedPageQuery(['number', 'kind', 'createdAt'], 'number').extend({
  kind: z.enum(['alias', 'did']).optional(),
  subscriberId: idParam.optional(),
  assigned: z.enum(['true', 'false']).optional(),
  number: z.string().max(64).optional().describe('Exactly this number'),
});
export type NumberQuery = z.output<typeof numberQuery>;

export const numberDto = z
  .object({
    id: z.int(),
    number: z.string(),
    kind: z.enum(['alias', 'did']),
    domain: z.string().nullable(),
    subscriberId: z.int().nullable(),
    subscriberNumber: z.string().nullable(),
    subscriberName: z.string().nullable(),
    target: z.string().nullable(),
    createdAt: timeText,
  })
  .meta({ id: 'Number' });
export type NumberDto = z.infer<typeof numberDto>;

export const numberPage = pageOf(numberDto).meta({ id: 'NumberPage' });
