const LOOK_MS = 1000;
/** What a schedule may be late by without anybody noticing; less is the clock being slewed. */
const STEP_MS = 30_000;

export interface StepClocks {
  /** Epoch ms. */
  wall(): number;
  /** Ms that only run forward. */
  steady(): number;
}

const systemClocks: StepClocks = { wall: Date.now, steady: () => performance.now() };

/**
 * Calls back soon after the clock was set, forward or back: what was planned by the old time has to be planned anew.
 * @returns the function that ends it
 */
export function watchClockSteps(stepped: () => void, clocks: StepClocks = systemClocks): () => void {
  let ahead = clocks.wall() - clocks.steady();
  const timer = setInterval(() => {
    const now = clocks.wall() - clocks.steady();
    const step = Math.abs(now - ahead);
    ahead = now;
    if (step >= STEP_MS) stepped();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
