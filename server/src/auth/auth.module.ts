import { Global, Module } from '@nestjs/common';
import { SubscribersModule } from '../subscribers/subscribers.module.ts';
import { AdminToken } from './admin-token.ts';
import { AdminsController } from './admins.controller.ts';
import { AdminsService } from './admins.service.ts';
import { BalanceController } from './balance.controller.ts';
import { EmailChangesController } from './email-changes.controller.ts';
import { EmailChangesService } from './email-changes.service.ts';
import { LoginService } from './login.service.ts';
import { MeController } from './me.controller.ts';
import { MeService } from './me.service.ts';
import { PasswordResetsController } from './password-resets.controller.ts';
import { PasswordResetsService } from './password-resets.service.ts';
import { SecondFactorController } from './second-factor.controller.ts';
import { SecondFactorsService } from './second-factors.service.ts';
import { SessionController } from './session.controller.ts';
import { SessionsService } from './sessions.service.ts';

const services = [
  AdminToken,
  AdminsService,
  EmailChangesService,
  LoginService,
  MeService,
  PasswordResetsService,
  SecondFactorsService,
  SessionsService,
];

@Global()
@Module({
  imports: [SubscribersModule],
  controllers: [
    AdminsController,
    BalanceController,
    EmailChangesController,
    MeController,
    PasswordResetsController,
    SecondFactorController,
    SessionController,
  ],
  providers: services,
  exports: services,
})
export class AuthModule {}
