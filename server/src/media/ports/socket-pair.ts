import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';

/** The sockets of one medium of one side. */
export interface SocketPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
}

/** A burst of video has to fit between two looks at a socket. */
const RECEIVE_BUFFER = 256 * 1024;

/** What is sent to was checked to be an IP before; without this every packet would go through the resolver. */
function lookup(address: string, family: unknown, done: (error: null, address: string, family: number) => void): void {
  done(null, address, Number(family));
}

/**
 * Binds a pair of ports, for PortPool.open. Undefined: one of them is taken. Throws where the address cannot be bound at all.
 * @param address textual IP; that of IPv6 is bound for IPv6 only
 */
export async function openSocketPair(address: string, even: number): Promise<SocketPair | undefined> {
  const rtp = await bound(address, even);
  if (!rtp) return undefined;
  const rtcp = await bound(address, even + 1).catch((error: unknown) => {
    rtp.close();
    throw error;
  });
  if (rtcp) return { rtp, rtcp };
  rtp.close();
  return undefined;
}

function bound(address: string, port: number): Promise<Socket | undefined> {
  const type = isIPv6(address) ? 'udp6' : 'udp4';
  const socket = createSocket({ type, ipv6Only: type === 'udp6', lookup, recvBufferSize: RECEIVE_BUFFER });
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => {
      socket.close();
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    };
    socket.once('error', failed);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off('error', failed);
      resolve(socket);
    });
  });
}
