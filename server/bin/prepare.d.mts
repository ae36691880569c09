// Types of prepare.mjs, which is JavaScript because it runs before TypeScript is there.
export const root: string;
export function giveUp(message: string): never;
export function ensureDebianPackages(packages: Record<string, string>, purpose: string): void;
export function onPath(program: string): boolean;
