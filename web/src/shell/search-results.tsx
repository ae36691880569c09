export const SearchResults = (_: { found: unknown; typed: string; onGo: (to: string) => void }) => null;
