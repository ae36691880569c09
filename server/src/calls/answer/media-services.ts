import type { MediaServices } from '../../media/endpoint/endpoint.ts';
import type { PortRange } from '../../media/ports/port-pool.ts';

/** Nest token of the one MediaServices of the server. */
export const MEDIA_SERVICES = Symbol('MediaServices');

/** @param range ports of its own */
export function openMediaServices(_range: PortRange, _log: (message: string, error?: unknown) => void): MediaServices {
  return {
    healthy: false,
    open: async () => undefined,
    playIntoRoom: async () => undefined,
    onSpeaking: () => undefined,
    stats: async () => ({ endpoints: 0, rooms: 0, packetsIn: 0, packetsOut: 0, dropped: 0, concealed: 0 }),
    close: async () => undefined,
  };
}
