/** Small settings of this browser (theme, columns, shortcuts). Storage may be full or forbidden: then they last until the page closes. */
const memory = new Map<string, string>();

export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(`dialtone.${name}`);
  } catch {
    return memory.get(name) ?? null;
  }
}

export function writeSetting(name: string, value: string): void {
  memory.set(name, value);
  try {
    localStorage.setItem(`dialtone.${name}`, value);
  } catch {
    // Kept in memory only.
  }
}
