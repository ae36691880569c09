import { applyDecorators, SetMetadata } from '@nestjs/common';

/** Who may call an endpoint. `public` lets in everybody, logged in or not. */
export type Role = 'admin' | 'subscriber' | 'public';

export const ROLES = 'dialtone:roles';
export const BEFORE_SETUP = 'dialtone:before-setup';
export const WITH_SETUP_CODE = 'dialtone:with-setup-code';
export const WITHOUT_SECOND_FACTOR = 'dialtone:without-second-factor';
/** Header that carries the set-up code, of endpoints marked with AllowedWithSetupCode. */
export const SETUP_CODE_HEADER = 'x-dialtone-setup-code';

/** On a handler or a controller; the handler's wins. Without it only admins are let in. */
export const Roles = (...roles: [Role, ...Role[]]) => SetMetadata(ROLES, roles);

/** The only writes let through while there is no administrator. */
export const AllowedBeforeSetup = () => SetMetadata(BEFORE_SETUP, true);

/** For administrators; while there is none, for whoever sends the set-up code of the console in the header above. */
export const AllowedWithSetupCode = () => applyDecorators(AllowedBeforeSetup(), SetMetadata(WITH_SETUP_CODE, true));

/** Let through also for an administrator who must set up a second factor first. */
export const AllowedWithoutSecondFactor = () => SetMetadata(WITHOUT_SECOND_FACTOR, true);
