import type { Directory } from '../directory/directory.ts';
import { SourceIndex } from '../directory/source-list.ts';

/** Does an address belong to a gateway, whatever the port? Asked when somebody is about to be banned, not for every request. */
export function isGatewayHost(directory: Directory, address: string): boolean {
  const index = new SourceIndex<true>();
  for (const { host, sources } of directory.gateways()) index.add([host, ...sources.map(withoutPort)], true);
  return index.find(address, 0) === true;
}

/** "192.0.2.1:5060" and "[2001:db8::1]:5060" without their ports. */
const withoutPort = (source: string): string => /^(?:\[([^\]]+)\]|([^:]+)):\d+$/.exec(source)?.slice(1).find(Boolean) ?? source;
