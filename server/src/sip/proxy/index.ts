export { bestResponse } from './best-response.ts';
export type { BranchTarget, Locator, ResponseGate } from './branch.ts';
export type { ForwardHandle, ForwardOptions } from './forward.ts';
export { isLoop } from './loop.ts';
export { ProxyCore, type ProxyOptions } from './proxy-core.ts';
export { applyRoutes, type IsOurs, preprocessRoute, pushRoutes } from './route.ts';
