/// <reference lib="webworker" />
/**
 * Holds the browser's one event stream and hands it to every tab. Over HTTP/1.1 a browser opens six connections to a host; a stream a tab
 * would leave the seventh tab without any.
 */
import type { FromWorker, ToWorker } from '#app/live/messages.ts';
import { EventStream } from '#app/live/stream.ts';

const scope = self as unknown as SharedWorkerGlobalScope;
const ports = new Set<MessagePort>();
let who = '';

const tell = (message: FromWorker) => {
  for (const port of ports) port.postMessage(message);
};

const stream = new EventStream({
  url: '/api/v1/events',
  onEvent: (event) => tell({ type: 'event', event }),
  onStatus: (status) => tell({ type: 'status', status }),
});

function hear(port: MessagePort, message: ToWorker): void {
  if (message.type === 'start') {
    ports.add(port);
    if (message.who !== who || message.restart || stream.status === 'off' || stream.status === 'refused') {
      who = message.who;
      stream.start();
    } else port.postMessage({ type: 'status', status: stream.status } satisfies FromWorker);
  } else if (message.type === 'hurry') stream.hurry();
  else {
    if (message.type === 'bye') ports.delete(port);
    if (message.type === 'stop' || ports.size === 0) {
      who = '';
      stream.stop();
    }
  }
}

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (!port) return;
  port.onmessage = (message: MessageEvent<ToWorker>) => hear(port, message.data);
  port.start();
};
