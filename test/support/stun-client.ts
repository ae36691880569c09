import type { Namespace } from './netns.ts';

/** The addresses that one socket of a machine is told by STUN on ports 3478 and 3479 of a server, in this order. */
export function mappedAddresses({ machine, address }: { machine: Namespace; address: string }, server: string): string[] {
  return machine.run(process.execPath, '-e', stunClient, server, address).trim().split(' ');
}

/** Undoes the XOR of RFC 5389 15.2. */
const stunClient = `
const [server, own] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
const told = [];
socket.on('message', (bytes, { port }) => {
  const at = bytes.indexOf(Buffer.from('00200008', 'hex')) + 6;
  const octets = [...bytes.subarray(at + 2, at + 6)].map((octet, i) => octet ^ [0x21, 0x12, 0xa4, 0x42][i]);
  told[port - 3478] = octets.join('.') + ':' + (bytes.readUInt16BE(at) ^ 0x2112);
  if (told.filter(Boolean).length === 2) { console.log(told.join(' ')); socket.close(); }
});
socket.bind(0, own, () => {
  for (const port of [3478, 3479]) socket.send(Buffer.from('000100002112a442000102030405060708090a0b', 'hex'), port, server);
});
setTimeout(() => process.exit(1), 3000).unref();
`;
