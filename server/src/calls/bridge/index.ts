export { BridgeService } from './bridge-service.ts';
