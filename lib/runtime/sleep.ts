// Waiting, for the composition roots. Not Node's own: its module of promises is one more to load at a cold start.

/** Resolves after `ms` milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
