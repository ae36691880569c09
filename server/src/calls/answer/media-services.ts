/** Nest token of the one MediaServices of the server. */
export const MEDIA_SERVICES = Symbol('MediaServices');
