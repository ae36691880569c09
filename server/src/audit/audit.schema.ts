import { z } from 'zod';
import { moneyText, pageOf, sortedPageQuery, timeText } from '../http/index.ts';

const fields = z.record(z.string(), z.unknown()).nullable();

/** The movement of money that was made; read from the ledger, which alone holds it. */
export const auditLedger = z
  .object({
    entryId: z.int(),
    type: z.string(),
    subscriberId: z.int(),
    number: z.string(),
    amount: moneyText,
    endingBalance: moneyText,
    reason: z.string(),
    correctsId: z.int().nullable(),
  })
  .meta({ id: 'AuditLedger' });
export type AuditLedger = z.infer<typeof auditLedger>;

export const auditEntry = z
  .object({
    id: z.int(),
    at: timeText,
    actor: z.string(),
    action: z.string(),
    entity: z.string(),
    entityId: z.string().nullable(),
    before: fields,
    after: fields,
    /** Of entries about the ledger (`entityId` is the ledger entry). */
    ledger: auditLedger.nullable(),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof auditEntry>;

export const auditPage = pageOf(auditEntry).meta({ id: 'AuditPage' });

export const auditQuery = sortedPageQuery(['at', 'actor', 'entity'], '-at').extend({
  actor: z.string().max(120).optional(),
  action: z.string().max(40).optional(),
  entity: z.string().max(40).optional(),
  entityId: z.string().max(120).optional(),
  from: timeText.optional(),
  to: timeText.optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;
