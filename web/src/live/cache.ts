import type { QueryClient } from '@tanstack/react-query';
import type { LiveEvent } from '#app/live/stream.ts';

/** Which queries an event makes old, by the start of their path. */
const touched: Record<string, readonly string[]> = {
  'calls.changed': ['/api/v1/active-calls', '/api/v1/me/active-calls', '/api/v1/dashboard', '/api/v1/monitor'],
  'registrations.changed': ['/api/v1/registrations', '/api/v1/me/devices', '/api/v1/subscribers', '/api/v1/dashboard', '/api/v1/monitor'],
  'balance.changed': ['/api/v1/subscribers', '/api/v1/me/balance', '/api/v1/me/ledger', '/api/v1/dashboard'],
  'subscribers.changed': ['/api/v1/subscribers', '/api/v1/dashboard', '/api/v1/me'],
  'gateways.changed': ['/api/v1/gateways', '/api/v1/dashboard'],
  'conference.changed': ['/api/v1/conference-rooms'],
  'alarms.changed': ['/api/v1/alarms', '/api/v1/clock'],
  'bans.changed': ['/api/v1/bans'],
  'certificates.changed': ['/api/v1/certificates'],
  'cdr.created': ['/api/v1/calls', '/api/v1/me/calls', '/api/v1/dashboard', '/api/v1/subscribers/{id}/calls'],
  'signup.changed': ['/api/v1/signups', '/api/v1/dashboard'],
  'job.changed': ['/api/v1/jobs', '/api/v1/integrity', '/api/v1/backups'],
  'stats.sample': ['/api/v1/statistics', '/api/v1/dashboard'],
  'import.progress': ['/api/v1/rate-imports'],
  'recordings.changed': ['/api/v1/calls'],
  'voicemail.changed': ['/api/v1/me/voicemail', '/api/v1/me/calls', '/api/v1/subscribers/{id}/voicemail'],
  'backup.progress': ['/api/v1/backups/plan'],
};

/** What is fetched again every ten seconds while the stream is broken. */
const livePaths = [...new Set(Object.values(touched).flat())];

const startsWith = (path: unknown, starts: readonly string[]): boolean =>
  typeof path === 'string' && starts.some((start) => path === start || path.startsWith(`${start}/`));

/** Events come in crowds: each path is fetched again at most once a window, and never while it is not on screen. */
export class CacheUpdater {
  readonly #client: QueryClient;
  readonly #windowMs: number;
  readonly #due = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = 0;

  constructor(client: QueryClient, windowMs = 800) {
    this.#client = client;
    this.#windowMs = windowMs;
  }

  readonly handle = (event: LiveEvent): void => {
    if (event.topic === 'resync') {
      this.everything();
      return;
    }
    for (const path of touched[event.topic] ?? []) this.#due.add(path);
    if (this.#due.size > 0 && this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#flush(), Math.max(0, this.#last + this.#windowMs - Date.now()));
    }
  };

  /** Events were missed: what is on screen is fetched again, the rest when it is next shown. */
  everything(): void {
    void this.#client.invalidateQueries({ predicate: ({ queryKey }) => startsWith(queryKey[1], ['/api/v1']) });
  }

  livePaths(): void {
    void this.#client.invalidateQueries({ predicate: ({ queryKey }) => startsWith(queryKey[1], livePaths) });
  }

  #flush(): void {
    this.#timer = undefined;
    this.#last = Date.now();
    const paths = [...this.#due];
    this.#due.clear();
    void this.#client.invalidateQueries({ predicate: ({ queryKey }) => startsWith(queryKey[1], paths) });
  }
}
