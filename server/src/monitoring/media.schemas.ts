import { z } from 'zod';

const relayEngine = z.object({
  name: z.enum(['built-in', 'rtpengine']),
  chosen: z.boolean().describe('New calls go to it'),
  healthy: z.boolean(),
  nodes: z.array(z.object({ address: z.string(), healthy: z.boolean() })).describe('The rtpengine daemons, and whether each answers'),
  sessions: z.int().describe('Calls it relays now'),
  portsOpen: z.int(),
  ports: z.int().describe('Ports there are to open; 0: only the daemons know'),
  packets: z.int(),
  bytes: z.int(),
  strangers: z.int().describe('Packets dropped, as they came from an address that is not of the call'),
  losses: z.int().describe('How often a worker or a daemon was lost, and its calls with it'),
});

/** What carries the sound of calls: the engines that relay it, and the services that answer. */
export const mediaFigures = z
  .object({
    relays: z.array(relayEngine).describe('The one for new calls first'),
    services: z.object({
      healthy: z.boolean(),
      endpoints: z.int().describe('Calls that voicemail, conference and other services are in'),
      rooms: z.int(),
      portsOpen: z.int(),
      ports: z.int(),
      packetsIn: z.int(),
      packetsOut: z.int(),
      dropped: z.int().describe('Packets that were not RTP, or from a stranger'),
      concealed: z.int().describe('Frames that had to be made up, as their packet did not come in time'),
      losses: z.int(),
    }),
  })
  .meta({ id: 'MediaFigures' });
export type MediaFiguresDto = z.infer<typeof mediaFigures>;
