import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { problem } from './problem.ts';

/** An administrator, by session or (adminId null) by the admin token of the data folder. */
export interface AdminPrincipal {
  readonly kind: 'admin';
  readonly adminId: number | null;
  readonly login: string;
  readonly name: string;
  readonly sessionId: number | null;
}

export interface SubscriberPrincipal {
  readonly kind: 'subscriber';
  readonly subscriberId: number;
  readonly number: string;
  readonly name: string;
  readonly sessionId: number | null;
}

/** Who makes a request. */
export type Principal = AdminPrincipal | SubscriberPrincipal;

/** Whoever stands before the machine, and what Dialtone does by itself. */
export type Nobody = 'console' | 'system';

/** How the ledger and the audit name somebody: `admin:anna`, `subscriber:1001`, `console`, `system`. */
export const actorName = (principal: Principal | Nobody): string => {
  if (typeof principal === 'string') return principal;
  return principal.kind === 'admin' ? `admin:${principal.login}` : `subscriber:${principal.number}`;
};

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}

const principalOf = (context: ExecutionContext): Principal => {
  const principal = context.switchToHttp().getRequest<FastifyRequest>().principal;
  if (!principal) throw problem(401, 'login-needed', 'Log in first.');
  return principal;
};

/** Handler parameter: the caller, of type Principal. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext) => principalOf(context));

/** Handler parameter: the caller as AdminPrincipal; 403 for anybody else. */
export const AdminActor = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const principal = principalOf(context);
  if (principal.kind !== 'admin') throw problem(403, 'not-allowed', 'Only an administrator may do this.');
  return principal;
});

/** Handler parameter: the caller as SubscriberPrincipal, for every /me/... endpoint; 403 for anybody else. */
export const SubscriberActor = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const principal = principalOf(context);
  if (principal.kind !== 'subscriber') throw problem(403, 'not-allowed', 'Only a subscriber has this page.');
  return principal;
});
