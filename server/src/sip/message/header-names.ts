/** Compact forms (RFC 3261 section 7.3.3 and the registry of header fields). */
const COMPACT: Record<string, string> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  n: 'identity-info',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

const USUAL =
  'Accept Accept-Encoding Accept-Language Alert-Info Allow Allow-Events Answer-Mode Authentication-Info Authorization Call-ID Call-Info Contact ' +
  'Content-Disposition Content-Encoding Content-Language Content-Length Content-Type CSeq Date Diversion Error-Info Event Expires From ' +
  'History-Info In-Reply-To Max-Forwards MIME-Version Min-Expires Min-SE Organization P-Asserted-Identity P-Auto-Answer P-Called-Party-ID ' +
  'P-Preferred-Identity Path Priority Priv-Answer-Mode Privacy Proxy-Authenticate Proxy-Authorization Proxy-Require RAck Reason Record-Route Refer-To ' +
  'Referred-By Remote-Party-ID Replaces Reply-To Require Retry-After Route RSeq Server Service-Route Session-Expires Subject ' +
  'Subscription-State Supported Timestamp To Unsupported User-Agent Via Warning WWW-Authenticate';

/**
 * Spelling -> canonical key. Filled once, never from the network. Most names arrive in one of these spellings and then the
 * key is the very same string object, which makes comparing keys a comparison of pointers.
 */
const KEYS = new Map<string, string>();
for (const name of USUAL.split(' ')) {
  const key = name.toLowerCase();
  KEYS.set(name, key);
  KEYS.set(key, key);
  KEYS.set(name.toUpperCase(), key);
}
for (const [letter, key] of Object.entries(COMPACT)) {
  KEYS.set(letter, KEYS.get(key) ?? key);
  KEYS.set(letter.toUpperCase(), KEYS.get(key) ?? key);
}
for (const name of ['Call-Id', 'Cseq']) KEYS.set(name, KEYS.get(name.toLowerCase())!);

/** The key of a name in one of the usual spellings, which are all tokens; undefined for any other. */
export const usualKey = (name: string): string | undefined => KEYS.get(name);

/** Long name in lower case, for any spelling or compact form. */
export function headerKey(name: string): string {
  const known = KEYS.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  return KEYS.get(lower) ?? lower;
}
