import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

export const SESSION_COOKIE = 'dialtone_session';

/** The browser's word counts too: TLS may end in front of us. */
const isSecure = (request: FastifyRequest): boolean =>
  request.protocol === 'https' || request.headers.origin?.startsWith('https:') === true;

/** Unreadable for scripts, never sent from other sites, and over TLS only where the page came over TLS. */
const options = (request: FastifyRequest): CookieSerializeOptions => ({
  httpOnly: true,
  sameSite: 'strict',
  path: '/',
  secure: isSecure(request),
});

export const setSessionCookie = (request: FastifyRequest, reply: FastifyReply, token: string): void => {
  void reply.setCookie(SESSION_COOKIE, token, options(request));
};

export const clearSessionCookie = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply.clearCookie(SESSION_COOKIE, options(request));
};
