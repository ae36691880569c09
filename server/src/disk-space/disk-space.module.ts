import { Global, Module } from '@nestjs/common';
import { DiskSpace } from './disk-space.ts';

/** Global: whoever stores something that is not money asks first. */
@Global()
@Module({ providers: [DiskSpace], exports: [DiskSpace] })
export class DiskSpaceModule {}
