export * from './body-limit.ts';
export * from './fields.ts';
export * from './page.ts';
export * from './principal.ts';
export * from './problem.ts';
export * from './rate-limiter.ts';
export * from './returns.ts';
export * from './roles.ts';
