import type { Endpoint, Flow, Protocol } from '../sip/transport/types.ts';

/** A contact binding: where one phone of a subscriber is reached (RFC 3261 10). Times are epoch ms. */
export interface Binding {
  readonly id: number;
  readonly subscriberId: number;
  /** `sip:number@domain`. */
  readonly aor: string;
  /** Contact URI as the phone wrote it; never rewritten (G-28), else the phone would not find itself in the answer. */
  readonly contact: string;
  /** Contact parameters but `expires` and `q`, as text with the leading `;`. */
  readonly params: string;
  /** 0 to 1000 for q of 0.000 to 1.000; 1000 when it named none. */
  readonly q: number;
  /** null: until an administrator takes it away (O-60). */
  readonly expiresAt: number | null;
  readonly callId: string;
  readonly cseq: number;
  /** `+sip.instance` without quotes (RFC 5626 4.1). */
  readonly instance: string | null;
  readonly regId: number | null;
  /** Path values, nearest to us first (RFC 3327). */
  readonly path: readonly string[];
  /** Where the REGISTER came from, and through which listener; null for a binding added by hand. */
  readonly received: { readonly remote: Endpoint; readonly local: Endpoint } | null;
  /** The phone is behind a NAT: calls go to `received`, not to the address in the contact. */
  readonly nat: boolean;
  /** Connection it registered over, while the process lives. */
  readonly flow: Flow | undefined;
  readonly userAgent: string | null;
  readonly registeredAt: number;
  readonly refreshedAt: number;
}

export interface BindingChange {
  readonly action: 'added' | 'refreshed' | 'removed' | 'expired';
  readonly binding: Binding;
}

/** A binding as it is stored: one flat row. */
export interface BindingRow {
  id: number;
  subscriberId: number;
  aor: string;
  contact: string;
  params: string;
  q: number;
  expiresAt: number | null;
  callId: string;
  cseq: number;
  instance: string | null;
  regId: number | null;
  path: string;
  protocol: string | null;
  remoteAddress: string | null;
  remotePort: number | null;
  localAddress: string | null;
  localPort: number | null;
  nat: number;
  userAgent: string | null;
  registeredAt: number;
  refreshedAt: number;
}

export const toRow = (b: Binding): BindingRow => ({
  id: b.id,
  subscriberId: b.subscriberId,
  aor: b.aor,
  contact: b.contact,
  params: b.params,
  q: b.q,
  expiresAt: b.expiresAt,
  callId: b.callId,
  cseq: b.cseq,
  instance: b.instance,
  regId: b.regId,
  path: b.path.join(','),
  protocol: b.received?.remote.protocol ?? null,
  remoteAddress: b.received?.remote.address ?? null,
  remotePort: b.received?.remote.port ?? null,
  localAddress: b.received?.local.address ?? null,
  localPort: b.received?.local.port ?? null,
  nat: b.nat ? 1 : 0,
  userAgent: b.userAgent,
  registeredAt: b.registeredAt,
  refreshedAt: b.refreshedAt,
});

export function fromRow(row: BindingRow, splitPath: (text: string) => string[]): Binding {
  const protocol = row.protocol as Protocol | null;
  const received =
    protocol !== null && row.remoteAddress !== null && row.localAddress !== null
      ? {
          remote: { protocol, address: row.remoteAddress, port: row.remotePort ?? 0 },
          local: { protocol, address: row.localAddress, port: row.localPort ?? 0 },
        }
      : null;
  return {
    id: row.id,
    subscriberId: row.subscriberId,
    aor: row.aor,
    contact: row.contact,
    params: row.params,
    q: row.q,
    expiresAt: row.expiresAt === null ? null : Number(row.expiresAt),
    callId: row.callId,
    cseq: row.cseq,
    instance: row.instance,
    regId: row.regId,
    path: row.path === '' ? [] : splitPath(row.path),
    received,
    nat: row.nat === 1,
    flow: undefined,
    userAgent: row.userAgent,
    registeredAt: Number(row.registeredAt),
    refreshedAt: Number(row.refreshedAt),
  };
}
