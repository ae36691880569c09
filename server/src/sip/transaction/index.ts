export { answerCancel } from './cancel.ts';
export type { Cancel, Clock } from './clock.ts';
export { MAGIC_COOKIE } from './keys.ts';
export { type SendOptions, TransactionLayer, type TransactionLayerOptions } from './layer.ts';
export type { LayerStats } from './stats.ts';
export { systemClock, TimerWheel } from './timer-wheel.ts';
export { DEFAULT_TIMERS, type SipTimers } from './timers.ts';
export type { ClientState, ClientTransaction, ClientUser, ServerState, ServerTransaction, TransportPort } from './types.ts';
