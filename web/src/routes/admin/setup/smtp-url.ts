/** The parts of an SMTP server as a person knows them. */
export interface SmtpServer {
  host: string;
  /** As typed; empty: the usual one. */
  port: string;
  /** `tls` from the first byte (smtps); `starttls` as soon as the server offers it. */
  security: 'tls' | 'starttls';
  user: string;
  password: string;
}

/** What the server hides a stored password behind; sent back, it keeps it. */
const hidden = '***';

/** smtp://user:password@host:port, as the settings keep it. An IPv6 address gets its brackets. */
export function smtpUrl({ host, port, security, user, password }: SmtpServer, keepPassword = false): string {
  const login =
    user === '' ? '' : `${encodeURIComponent(user)}:${password === '' && keepPassword ? hidden : encodeURIComponent(password)}@`;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const usual = security === 'tls' ? '465' : '587';
  return `${security === 'tls' ? 'smtps' : 'smtp'}://${login}${name}:${port === '' ? usual : port}`;
}

/** The parts of a stored URL; its password is never shown. */
export function smtpServer(url: string | null): SmtpServer {
  const parsed = url === null ? null : URL.parse(url);
  if (!parsed) return { host: '', port: '', security: 'starttls', user: '', password: '' };
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port,
    security: parsed.protocol === 'smtps:' ? 'tls' : 'starttls',
    user: decodeURIComponent(parsed.username),
    password: '',
  };
}
