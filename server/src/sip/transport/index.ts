export { DEFAULT_STREAM_LIMITS, type StreamLimits } from './stream-connection.ts';
export { TransportLayer, type TransportOptions } from './transport-layer.ts';
export type { Endpoint, Flow, ListenerConfig, Protocol, Source, Target, TransportStats } from './types.ts';
