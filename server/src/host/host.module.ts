import { basename, dirname, join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { Environment } from '../settings/environment.ts';
import { ConsoleDeeds } from './console-deeds.ts';
import { HOST_STATE_FILE } from './contract/index.ts';
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
    {
      // The agent writes its state beside its socket.
      provide: HostStateReader,
      inject: [Environment],
      useFactory: ({ hostSocket }: Environment) => new HostStateReader(hostSocket && join(dirname(hostSocket), basename(HOST_STATE_FILE))),
    },
    HostService,
    ConsoleDeeds,
  ],
  exports: [HostClient, HostStateReader, HostService],
})
export class HostModule {}
