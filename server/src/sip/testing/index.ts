export { answerTo, buildRequest, type RequestFields, requestText } from './builders.ts';
export { FakeClock, settle } from './fake-clock.ts';
export { FakeTransport, isRequest, isResponse, type SentMessage, sourceOf } from './fake-transport.ts';
