import { Global, Module } from '@nestjs/common';
import { SubscribersModule } from '../subscribers/subscribers.module.ts';
import { DevicesController } from './devices.controller.ts';
import { ProvisioningService } from './provisioning.service.ts';

@Global()
@Module({
  imports: [SubscribersModule],
  controllers: [DevicesController],
  providers: [ProvisioningService],
  exports: [ProvisioningService],
})
export class DevicesModule {}
