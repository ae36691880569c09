import { useLocation } from 'react-router';

/** The one-time token of a mail's link. It stands behind `#`, which browsers never send, so that no server log keeps it. */
export function useLinkToken(): string | null {
  const { hash, search } = useLocation();
  return new URLSearchParams(hash.slice(1)).get('token') ?? new URLSearchParams(search).get('token');
}
