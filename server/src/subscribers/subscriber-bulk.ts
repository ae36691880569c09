import type { SubscriberEntity } from './subscriber.entity.ts';
import type { BulkAction } from './subscriber.schemas.ts';

/** Carries a bulk action out on one row; false when it is so already. */
export function applyBulk(row: SubscriberEntity, body: BulkAction): boolean {
  switch (body.action) {
    case 'suspend':
    case 'activate': {
      const status = body.action === 'suspend' ? 'suspended' : 'active';
      if (row.status === status) return false;
      row.status = status;
      return true;
    }
    case 'grant':
    case 'revoke': {
      const group = body.group as string;
      const grant = body.action === 'grant';
      if (row.groups.includes(group) === grant) return false;
      row.groups = grant ? [...row.groups, group].sort() : row.groups.filter((name) => name !== group);
      return true;
    }
    case 'tariff': {
      if (row.tariffId === body.tariffId) return false;
      row.tariffId = body.tariffId as number;
      return true;
    }
  }
}
