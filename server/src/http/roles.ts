import { SetMetadata } from '@nestjs/common';

/** Who may call an endpoint. `public` lets in everybody, logged in or not. */
export type Role = 'admin' | 'subscriber' | 'public';

export const ROLES = 'dialtone:roles';
export const BEFORE_SETUP = 'dialtone:before-setup';

/** On a handler or a controller; the handler's wins. Without it only admins are let in. */
export const Roles = (...roles: [Role, ...Role[]]) => SetMetadata(ROLES, roles);

/** The only writes let through while there is no administrator. */
export const AllowedBeforeSetup = () => SetMetadata(BEFORE_SETUP, true);
