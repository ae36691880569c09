import type { SipRequest, SipUri } from '../message/index.ts';

/** Says whether a URI leads to this server: one of its addresses, or of the domains it serves. */
export type IsOurs = (uri: SipUri) => boolean;

/**
 * Route processing of a request that came in (RFC 3261 16.4): undoes what a strict router before us did, and takes our own routes off.
 * @returns true when a route of ours was found: the request follows a Record-Route of ours, or a preloaded route through us.
 */
export function preprocessRoute(request: SipRequest, isOurs: IsOurs): boolean {
  let found = false;
  // A strict router put our Record-Route value into the Request-URI and the real target at the end of the Routes.
  // Ours has an lr parameter and no user; a phone's URI at our domain has a user.
  const { uri } = request;
  if (uri.user === undefined && uri.isLooseRouter && request.has('Route') && isOurs(uri)) {
    const routes = request.routes;
    request.uri = routes.at(-1)!.uri;
    setRoutes(request, routes.slice(0, -1).map(String));
    found = true;
  }
  // Two in a row are ours where we recorded both sides of a change of transport.
  while (request.has('Route') && isOurs(request.routes[0]!.uri)) {
    request.popRoute();
    found = true;
  }
  return found;
}

/**
 * Prepares a request that goes out (RFC 3261 16.6 items 6 and 7): for a strict router the Request-URI and the Routes change places.
 * @returns the URI of the next hop.
 */
export function applyRoutes(request: SipRequest): SipUri {
  const [first] = request.routes;
  if (!first) return request.uri;
  if (first.uri.isLooseRouter) return first.uri;
  const target = request.uriText;
  request.popRoute();
  request.append('Route', `<${target}>`);
  request.uri = first.uri;
  return request.uri;
}

/** Puts routes on top of the Route headers, in their order (a Path, RFC 3327 5.1). */
export function pushRoutes(request: SipRequest, routes: readonly string[]): void {
  for (const route of routes.toReversed()) request.prepend('Route', route);
}

function setRoutes(request: SipRequest, routes: readonly string[]): void {
  request.remove('Route');
  for (const route of routes) request.append('Route', route);
}
