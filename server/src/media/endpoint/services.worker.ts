import { parentPort, workerData } from 'node:worker_threads';
import { EndpointHost } from './host.ts';
import type { ServiceCommand, ServicesWorkerData } from './messages.ts';

const { range } = workerData as ServicesWorkerData;
const port = parentPort!;
const host = new EndpointHost(range, (report) => port.postMessage(report));

port.on('message', (command: ServiceCommand) => host.handle(command));
setInterval(() => port.postMessage({ type: 'alive' }), 1000);
