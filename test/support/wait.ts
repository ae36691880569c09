export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks again and again until the answer is neither undefined nor false; fails with `what` and the last fault after `timeoutMs`.
 * An assertion that throws inside `probe` counts as "not yet".
 */
export async function eventually<T>(what: string, probe: () => T | Promise<T>, timeoutMs = 10_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== null && answer !== false) return answer as NonNullable<T>;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`After ${timeoutMs / 1000} s still not: ${what}${last instanceof Error ? `\n${last.message}` : ''}`, { cause: last });
    }
    await sleep(50);
  }
}
