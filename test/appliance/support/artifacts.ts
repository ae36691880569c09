import { artifactFolder } from '../../support/paths.ts';

/** Serial logs and pictures of a run, kept for review. */
export const artifacts = (): string => artifactFolder('appliance');
