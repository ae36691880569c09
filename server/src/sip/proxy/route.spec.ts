import { describe, expect, it } from 'vitest';
import type { SipUri } from '../message/index.ts';
import { buildRequest } from '../testing/index.ts';
import { applyRoutes, preprocessRoute, pushRoutes } from './route.ts';

const ours = (uri: SipUri) => uri.host === '192.0.2.1';
const routed = (uri: string, ...routes: string[]) => buildRequest('BYE', { uri, headers: routes.map((route) => `Route: ${route}`) });

describe('preprocessRoute (RFC 3261 16.4)', () => {
  it('takes our route off and keeps the others', () => {
    const request = routed('sip:1002@192.0.2.20', '<sip:192.0.2.1;lr>', '<sip:p2.example.org;lr>');
    expect(preprocessRoute(request, ours)).toBe(true);
    expect(request.getAll('Route')).toEqual(['<sip:p2.example.org;lr>']);
  });

  it('takes both values of a change of transport off, in one line or two', () => {
    const request = routed('sip:1002@192.0.2.20', '<sip:192.0.2.1;transport=tcp;lr>, <sip:192.0.2.1;lr>');
    preprocessRoute(request, ours);
    expect(request.has('Route')).toBe(false);
  });

  it('leaves foreign routes alone', () => {
    const request = routed('sip:1002@192.0.2.20', '<sip:p2.example.org;lr>');
    expect(preprocessRoute(request, ours)).toBe(false);
    expect(request.getAll('Route')).toHaveLength(1);
  });

  it('repairs what a strict router did: our Record-Route in the Request-URI, the target last', () => {
    const request = routed('sip:192.0.2.1;lr', '<sip:p2.example.org;lr>', '<sip:1002@192.0.2.20>');
    expect(preprocessRoute(request, ours)).toBe(true);
    expect(request.uriText).toBe('sip:1002@192.0.2.20');
    expect(request.getAll('Route')).toEqual(['<sip:p2.example.org;lr>']);
  });

  it('does not take a user at our address for our Record-Route', () => {
    const request = routed('sip:1002@192.0.2.1;lr', '<sip:p2.example.org;lr>');
    expect(preprocessRoute(request, ours)).toBe(false);
    expect(request.uriText).toBe('sip:1002@192.0.2.1;lr');
  });
});

describe('applyRoutes (RFC 3261 16.6 items 6 and 7)', () => {
  it('goes to the topmost loose route', () => {
    const request = routed('sip:1002@192.0.2.20', '<sip:p2.example.org;lr=on>');
    expect(applyRoutes(request).host).toBe('p2.example.org');
    expect(request.uriText).toBe('sip:1002@192.0.2.20');
  });

  it('gives a strict router the Request-URI it wants', () => {
    const request = routed('sip:1002@192.0.2.20', '<sip:strict.example.org>', '<sip:p3.example.org;lr>');
    expect(applyRoutes(request).host).toBe('strict.example.org');
    expect(request.uriText).toBe('sip:strict.example.org');
    expect(request.getAll('Route')).toEqual(['<sip:p3.example.org;lr>', '<sip:1002@192.0.2.20>']);
  });

  it('goes to the Request-URI without routes', () => {
    expect(applyRoutes(routed('sip:1002@192.0.2.20:5070')).port).toBe(5070);
  });
});

it('pushRoutes keeps the order of a Path', () => {
  const request = routed('sip:1002@192.0.2.20');
  pushRoutes(request, ['<sip:edge.example.org;lr>', '<sip:core.example.org;lr>']);
  expect(request.getAll('Route')).toEqual(['<sip:edge.example.org;lr>', '<sip:core.example.org;lr>']);
});
