// The language of the host socket (HTTP/1.1 with JSON on a unix socket), spoken by the server and by the host agent of the appliance.
export * from './deeds.ts';
export * from './disks.ts';
export * from './firewall.ts';
export * from './language.ts';
export * from './machine.ts';
export * from './network.ts';
export * from './paths.ts';
export * from './problem.ts';
export * from './refusal.ts';
export * from './state.ts';
export * from './unattended.ts';
