export { type AddressAnswer, type Answer, type DnsResolver, type NaptrAnswer, type SrvAnswer, SystemResolver } from './dns-resolver.ts';
export { type LocatorOptions, ServerLocator } from './server-locator.ts';
export { DEFAULT_STREAM_LIMITS, type StreamLimits } from './stream-connection.ts';
export type { TlsIdentity, TlsSupport } from './tls.ts';
export { TransportLayer, type TransportOptions } from './transport-layer.ts';
export type { Endpoint, Flow, ListenerConfig, Protocol, Source, Target, TransportStats } from './types.ts';
