import { Module } from '@nestjs/common';
import { BackupModule } from '../backup/backup.module.ts';
import { ActiveCallsController } from './active-calls.controller.ts';
import { ApiDocumentController } from './api-document.controller.ts';
import { DashboardService } from './dashboard.service.ts';
import { LiveNews } from './live-news.ts';
import { MediaFigures } from './media-figures.ts';
import { MediaWatch } from './media-watch.ts';
import { NodeController } from './node.controller.ts';
import { RegistrationsController } from './registrations.controller.ts';
import { RouteTestController } from './route-test.controller.ts';
import { StatisticsService } from './statistics.service.ts';

@Module({
  imports: [BackupModule],
  controllers: [ApiDocumentController, NodeController, RegistrationsController, ActiveCallsController, RouteTestController],
  providers: [DashboardService, StatisticsService, LiveNews, MediaFigures, MediaWatch],
})
export class MonitoringModule {}
