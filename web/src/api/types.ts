import type { components, paths } from '#app/api/schema.gen.ts';

/** A named shape of the API. */
export type Schema<N extends keyof components['schemas']> = components['schemas'][N];

/** What may stand after the `?` of a GET. */
export type QueryOf<P extends keyof paths> = paths[P] extends { get: { parameters: { query?: infer Q } } } ? NonNullable<Q> : never;
