import { Global, Module } from '@nestjs/common';
import { Environment } from '../settings/environment.ts';
import { HostService } from './host.service.ts';
import { HostClient } from './host-client.ts';
import { HostStateReader } from './host-state.ts';
import { MachineController } from './machine.controller.ts';
import { NetworkController } from './network.controller.ts';

/** Global: backups, jobs and pages ask whether this is the appliance. */
@Global()
@Module({
  controllers: [MachineController, NetworkController],
  providers: [
    { provide: HostClient, inject: [Environment], useFactory: (environment: Environment) => new HostClient(environment.hostSocket) },
    { provide: HostStateReader, useFactory: () => new HostStateReader() },
    HostService,
  ],
  exports: [HostClient, HostStateReader, HostService],
})
export class HostModule {}
