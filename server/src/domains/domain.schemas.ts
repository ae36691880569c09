import { z } from 'zod';
import { timeText } from '../http/index.ts';
import { isDomain } from '../settings/environment.ts';

export const newDomain = z
  .strictObject({
    name: z.string().trim().toLowerCase().refine(isDomain, { error: 'Expected a domain such as sip.example.org' }),
  })
  .meta({ id: 'NewDomain' });
export type NewDomain = z.output<typeof newDomain>;

export const domainDto = z
  .object({
    id: z.int().nullable().describe('null for the default domain, which is changed in the settings'),
    name: z.string(),
    isDefault: z.boolean(),
    subscribers: z.int(),
    createdAt: timeText.nullable(),
  })
  .meta({ id: 'Domain' });
export type DomainDto = z.infer<typeof domainDto>;

export const domainList = z.object({ items: z.array(domainDto) }).meta({ id: 'DomainList' });
